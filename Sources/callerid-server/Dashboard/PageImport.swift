import Dashboard
import Foundation
import Hummingbird
import HummingbirdCore
import NumberFiles
import Output
import Rotation
import WebCalls

/// Bringing numbers in on the page: it shows first what would be done, and does it when it is asked again.
struct PageImport: Sendable {
  let editor: StoreOffice
  let frame: PageFrame

  static let path = "/dashboard/import"
  /// What a form may hold, in bytes. Encoded for the way, each byte may become three.
  static let longestForm = 3 * ImportView.mostBytes + 64 * 1024
  /// What the audit calls it.
  private static let name = "import on the page"

  /// What was sent.
  private struct Form: Sendable {
    let text: String
    /// What is said of words: whether numbers with them are in use.
    let decided: [(word: String, isInUse: Bool)]
    /// Whether the same was looked at before, and is now to be done.
    let isAsked: Bool
    let sum: String

    init(_ form: WebParameters) {
      let text = form["numbers"] ?? ""
      let decided = form.all.compactMap { name, value -> (word: String, isInUse: Bool)? in
        guard name.hasPrefix(ImportView.wordField), ["yes", "no"].contains(value) else { return nil }
        return (String(name.dropFirst(ImportView.wordField.count)), value == "yes")
      }
      (self.text, self.decided) = (text, decided)
      // It tells what was changed since from what was not, and protects nothing.
      var hasher = Hasher()
      hasher.combine(text)
      for (word, isInUse) in decided {
        hasher.combine(word)
        hasher.combine(isInUse)
      }
      sum = String(UInt(bitPattern: hasher.finalize()), radix: 36)
      isAsked = form["step"] == "import" && form["sum"] == sum
    }

    var words: StatusWords {
      StatusWords(
        enabled: decided.filter(\.isInUse).map(\.word), disabled: decided.filter { !$0.isInUse }.map(\.word))
    }
  }

  func add(to router: Router<WebContext>) {
    router.get("/dashboard/import") { request, context in
      try await frame.response(to: request, context) { context in
        try frame.doorman.require(.write, context)
        return ImportView(text: "")
      }
    }
    router.post("/dashboard/import") { request, context in
      do {
        try frame.require(.write, context)
        let form = try await frame.form(of: request, context, upTo: Self.longestForm)
        return try await answer(Form(form), context)
      } catch let refused as Refused {
        return try await frame.failure(refused, context, again: Self.path)
      }
    }
  }

  private func answer(_ form: Form, _ context: WebContext) async throws -> Response {
    let (looked, entry): (ImportView.Looked, Int?)
    do throws(StoreError) {
      (looked, entry) = try await editor.ask(by: context.author) { store in try Self.importNumbers(form, in: store) }
    } catch {
      return try await frame.page(
        ImportView(text: form.text, decided: form.decided, error: error.description), context)
    }
    guard form.isAsked, looked.unknown.isEmpty else {
      return try await frame.page(
        ImportView(text: form.text, decided: form.decided, sum: form.sum, looked: looked), context)
    }
    let undo = entry.map { Notice.Undo(address: UndoView.path(of: $0), fields: []) }
    frame.tell(Notice("Imported: \(looked.report.summary).", undo: undo), context)
    return frame.redirect(to: "/dashboard/numbers")
  }

  /// - Returns: what was found and, if something was changed, the audit's entry.
  private static func importNumbers(_ form: Form, in store: Store) throws -> (ImportView.Looked, entry: Int?) {
    var rest = [UInt8](form.text.utf8)
    guard rest.count <= ImportView.mostBytes else {
      throw StoreError(.refused, "the text is longer than \(ImportView.mostBytes / 1_000_000) megabytes")
    }
    var file: NumberFile
    let stage: ImportStage
    do {
      file = try NumberFile(countryCode: store.settings.countryCode, words: form.words) {
        defer { rest = [] }
        return rest
      }
      stage = try file.stage(for: store)
    } catch let error as CSVError {
      throw error.refusal(of: "the text")
    }
    let unknown = file.unknownWords.map {
      ImportView.Unknown($0.text, column: $0.column, line: $0.line, rows: $0.rows)
    }
    // A column with so many words is hardly one of states.
    guard unknown.count + form.decided.count <= ImportView.mostWords else {
      throw file.refusalOfWords(command: "import FILE")
    }
    let isDone = form.isAsked && unknown.isEmpty
    let report: ImportReport
    var done = 0
    do {
      report = try store.importNumbers(stage, as: isDone ? name : nil, dryRun: !isDone) { done = $0 }
    } catch {
      // What is in stays, so the audit must say so; and the next change is to have an entry of its own.
      if isDone, done > 0 { _ = try? store.note("\(name): \(error.message)") }
      throw error
    }
    let looked = ImportView.Looked(report: report, note: file.note, unknown: unknown)
    guard isDone, report.added + report.updated > 0 else { return (looked, nil) }
    return (looked, try store.note("\(name): \(report.summary)"))
  }
}
