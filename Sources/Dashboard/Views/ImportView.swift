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
  let isEmpty: Bool
  let summary: String
  let details: [String]
  let rejected: [Row]
  let moreRejected: String?

  struct Row: Sendable {
    let line: String
    let value: String
    let reason: String
  }

  private static let most = 50

  /// - Parameters:
  ///   - text: what is to be imported, as it was given.
  ///   - report: of a dry run; nil: none was made yet.
  ///   - error: why it cannot be used as a whole.
  package init(text: String, report: ImportReport? = nil, error: String? = nil) {
    self.text = text
    self.error = error
    isLookedAt = report != nil
    isEmpty = report.map { $0.added + $0.updated == 0 } ?? true
    summary = report?.summary ?? ""
    details = report?.details ?? []
    let all = report?.rejected ?? []
    rejected = all.prefix(Self.most).map { Row(line: String($0.line), value: $0.value, reason: $0.reason) }
    moreRejected = all.count > Self.most ? (all.count - Self.most).grouped : nil
  }
}
