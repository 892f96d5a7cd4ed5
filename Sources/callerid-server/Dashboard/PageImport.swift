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

  /// What a form may hold, in bytes. Encoded for the way, a file becomes a third larger.
  private static let longestForm = 1_000_000

  func add(to router: Router<WebContext>) {
    router.get("/dashboard/import") { request, context in
      try await frame.response(to: request, context) { context in
        try frame.doorman.require(.write, context)
        return ImportView(text: "")
      }
    }
    router.post("/dashboard/import") { request, context in
      do {
        let form = try await frame.form(of: request, context, upTo: Self.longestForm)
        try frame.doorman.require(.write, context)
        return try await answer(form["numbers"] ?? "", isAsked: form["step"] == "import", context)
      } catch let refused as Refused {
        return try await frame.failure(refused, context, again: "/dashboard/import")
      }
    }
  }

  private func answer(_ text: String, isAsked: Bool, _ context: WebContext) async throws -> Response {
    let report: ImportReport
    do throws(StoreError) {
      report = try await editor.ask(by: context.author) { store in
        try Self.importNumbers(text, in: store, dryRun: !isAsked)
      }
    } catch {
      return try await frame.page(ImportView(text: text, error: error.description), context)
    }
    guard isAsked else { return try await frame.page(ImportView(text: text, report: report), context) }
    frame.tell(Notice("Imported: \(report.summary)."), context)
    return frame.redirect(to: "/dashboard/numbers")
  }

  private static func importNumbers(_ text: String, in store: Store, dryRun: Bool) throws -> ImportReport {
    var rest = [UInt8](text.utf8)
    var file: NumberFile
    let stage: ImportStage
    do {
      file = try NumberFile(countryCode: store.settings.countryCode) {
        defer { rest = [] }
        return rest
      }
      stage = try file.stage(for: store)
    } catch let error as CSVError {
      throw error.refusal(of: "the text")
    }
    guard file.unknownWords.isEmpty else { throw file.refusalOfWords(command: "import FILE") }
    let report = try store.importNumbers(stage, dryRun: dryRun)
    if !dryRun, report.added + report.updated > 0 { try store.note("import on the page: \(report.summary)") }
    return report
  }
}
