import Output
package import Rotation

/// Numbers that are brought in, with what they would change shown first.
package struct ImportView: View {
  package static let template = "import"
  package static let place = Place.numbers
  package let title = "Import numbers"

  let text: String
  let error: String?
  let isLookedAt: Bool
  let isReady: Bool
  let isEmpty: Bool
  let summary: String
  let details: [String]
  let note: String?
  let rejected: [Row]
  let moreRejected: String?
  let words: [Word]
  let isAsking: Bool
  let sum: String
  let mostMegabytes = String(Self.mostBytes / 1_000_000)
  let mostBytes = String(Self.mostBytes)

  struct Row: Sendable {
    let line: String
    let value: String
    let reason: String
  }

  /// A word for whether numbers are in use, which somebody decides on.
  struct Word: Sendable {
    let field: String
    let text: String
    let place: String
    let choices: [Choice]
  }

  /// What a look at it has come to.
  package struct Looked: Sendable {
    package let report: ImportReport
    /// What is to be said of the file; nil: nothing.
    let note: String?
    /// The words that nobody knows.
    package let unknown: [Unknown]

    package init(report: ImportReport, note: String?, unknown: [Unknown]) {
      (self.report, self.note, self.unknown) = (report, note, unknown)
    }
  }

  /// A word that nobody knows, and where it stands first.
  package struct Unknown: Sendable {
    let text: String
    let column: String
    let line: Int
    let rows: Int

    package init(_ text: String, column: String, line: Int, rows: Int) {
      (self.text, self.column, self.line, self.rows) = (text, column, line, rows)
    }
  }

  /// The most that can be brought in at once: the numbers of a floor many times over.
  package static let mostBytes = 8_000_000
  /// The most words that are asked about.
  package static let mostWords = 40
  /// What the names of fields begin with in which a word is decided on.
  package static let wordField = "word:"
  private static let most = 50

  /// - Parameters:
  ///   - text: what is to be imported, as it was given.
  ///   - decided: what was said of words: whether numbers with them are in use.
  ///   - sum: of the text and these words, by which a changed text is known.
  ///   - looked: what a dry run has come to; nil: none was made yet.
  ///   - error: why it cannot be used as a whole.
  package init(
    text: String, decided: [(word: String, isInUse: Bool)] = [], sum: String = "", looked: Looked? = nil,
    error: String? = nil
  ) {
    self.text = text
    self.error = error
    self.sum = sum
    isLookedAt = looked != nil
    let report = looked?.report
    isEmpty = report.map { $0.added + $0.updated == 0 } ?? true
    isAsking = looked?.unknown.isEmpty == false
    isReady = !isEmpty && !isAsking
    summary = report?.summary ?? ""
    details = report?.details ?? []
    note = looked?.note
    let all = report?.rejected ?? []
    rejected = all.prefix(Self.most).map { Row(line: String($0.line), value: $0.value, reason: $0.reason) }
    moreRejected = all.count > Self.most ? (all.count - Self.most).grouped : nil
    words =
      decided.map { Word($0.word, place: "", isInUse: $0.isInUse) }
      + (looked?.unknown ?? []).map {
        Word($0.text, place: "\($0.column), \($0.rows.counting("row")) from line \($0.line) on", isInUse: nil)
      }
  }
}

extension ImportView.Word {
  fileprivate init(_ text: String, place: String, isInUse: Bool?) {
    (self.text, self.place, field) = (text, place, ImportView.wordField + text)
    choices = Choice.all(
      ["": "choose"], [("yes", "in use"), ("no", "not in use: they come in disabled")],
      chosen: isInUse.map { $0 ? "yes" : "no" } ?? "")
  }
}
