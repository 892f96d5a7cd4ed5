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

  /// - Parameter undoable: the IDs of those that can be taken back.
  package init(
    _ entries: [AuditEntry], undoable: Set<Int>, who: String, what: String, more: String?, in calendar: Calendar
  ) {
    self.who = who
    self.what = what
    rows = entries.map { Change($0, in: calendar, isUndoable: undoable.contains($0.id)) }
    hasRows = !rows.isEmpty
    self.more = more
  }
}

/// A change that somebody has made.
struct Change: Sendable {
  let at: Stamp?
  let who: String
  let what: String
  /// Where it is asked whether it is to be taken back; nil: it cannot be.
  let undoPath: String?

  init(_ entry: AuditEntry, in calendar: Calendar, isUndoable: Bool = false) {
    undoPath = isUndoable ? UndoView.path(of: entry.id) : nil
    at = Stamp(entry.at, in: calendar)
    who = entry.who
    // A command for thousands of numbers names all of them.
    let text = entry.what.unicodeScalars
    what = text.count > 500 ? String(String.UnicodeScalarView(text.prefix(500))) + " …" : entry.what
  }
}

/// Asks whether a change is to be taken back: that cannot be taken back itself.
package struct UndoView: View {
  package static let template = "undo"
  package static let place = Place.audit
  package let title = "Take a change back"

  let change: Change
  let path: String
  let entry: String

  package init(_ entry: AuditEntry, in calendar: Calendar) {
    change = Change(entry, in: calendar)
    path = Self.path(of: entry.id)
    self.entry = String(entry.id)
  }

  package static func path(of entry: Int) -> String { "/dashboard/audit/\(entry)/undo" }
}
