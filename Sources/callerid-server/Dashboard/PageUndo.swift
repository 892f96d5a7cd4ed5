import Dashboard
import Foundation
import Hummingbird
import HummingbirdCore
import Output
import Rotation

/// Taking changes back on the page, whoever has made them and by which way.
struct PageUndo: Sendable {
  let reader: StoreOffice
  let editor: StoreOffice
  let frame: PageFrame

  func add(to router: Router<WebContext>) {
    router.get("/dashboard/audit/{entry}/undo") { request, context in
      let id = Self.entry(context)
      return try await frame.response(to: request, context) { context in
        try frame.doorman.require(.write, context)
        return try await reader.ask { store in
          UndoView(try store.changeToUndo(id), in: store.settings.calendar)
        }
      }
    }
    router.post("/dashboard/audit/{entry}/undo") { request, context in
      let id = Self.entry(context)
      return try await frame.act(request, context, leadingTo: Place.audit.path) { _ in
        try await editor.ask(by: context.author) { store in Self.notice(of: try store.takeBack(id)) }
      }
    }
  }

  /// 0, which no entry has, for what is none.
  private static func entry(_ context: WebContext) -> Int { Int(context.parameters.get("entry") ?? "") ?? 0 }

  private static func notice(of report: UndoReport) -> Notice {
    var text = "Entry \(report.entry.id) is taken back: \(report.summary)."
    for left in report.left.prefix(mostNamed) { text += " \(left.what) \(left.reason), so it stays as it is." }
    if report.left.count > mostNamed { text += " So do \((report.left.count - mostNamed)) more." }
    return Notice(text)
  }

  private static let mostNamed = 3
}
