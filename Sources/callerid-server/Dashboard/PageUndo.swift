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
        try await takeBack(id, context)
      }
    }
  }

  /// An import of a whole floor takes longer to be taken back than a connection waits for its answer: then the next page
  /// says what became of it.
  private func takeBack(_ id: Int, _ context: WebContext) async throws -> Notice {
    let work = Task { [editor] in
      try await editor.ask(by: context.author) { store in Self.notice(of: try store.takeBack(id)) }
    }
    let (first, end) = AsyncStream<Result<Notice, any Error>?>.makeStream()
    Task { end.yield(await work.result) }
    Task {
      try? await Task.sleep(for: Self.patience)
      end.yield(nil)
    }
    for await result in first {
      if let result { return try result.get() }
      break
    }
    Task { [frame] in
      switch await work.result {
      case .success(let notice): frame.tell(notice, context)
      case .failure(let error): frame.tell(Notice("Nothing was changed: \(error).", isError: true), context)
      }
    }
    return Notice(
      "Entry \(id) is being taken back, which takes some time. Load this page again to see when it is done.")
  }

  private static let patience = Duration.seconds(4)

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
