package import Rotation

/// Who has changed what.
package struct AuditView: View {
  package static let template = "audit"
  package static let place = Place.audit
  package let title = "Audit"

  let who: String
  let what: String
  let rows: [Change]
  let hasRows: Bool
  /// The query of the next page; nil: there is nothing more.
  let more: String?

  package init(_ entries: [AuditEntry], who: String, what: String, more: String?, in calendar: Calendar) {
    self.who = who
    self.what = what
    rows = entries.map { Change($0, in: calendar) }
    hasRows = !rows.isEmpty
    self.more = more
  }
}

/// A change that somebody has made.
struct Change: Sendable {
  let at: Stamp?
  let who: String
  let what: String

  init(_ entry: AuditEntry, in calendar: Calendar) {
    at = Stamp(entry.at, in: calendar)
    who = entry.who
    // A command for thousands of numbers names all of them.
    let text = entry.what.unicodeScalars
    what = text.count > 500 ? String(String.UnicodeScalarView(text.prefix(500))) + " …" : entry.what
  }
}
