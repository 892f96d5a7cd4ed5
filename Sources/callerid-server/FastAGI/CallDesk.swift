import NIOCore

/// Hands what the calls of a loop ask to the writer, all at once when the loop has read what has come: one by one, each
/// would wake the writer, and it would answer the first of them alone.
final class CallDesk {
  let writer: StoreWriter
  let cluster: ClusterService
  private let loop: any EventLoop
  private var asked: [StoreWriter.Request] = []

  /// - Parameter loop: where all of its calls are served.
  init(_ writer: StoreWriter, _ cluster: ClusterService, loop: any EventLoop) {
    self.writer = writer
    self.cluster = cluster
    self.loop = loop
  }

  /// To be called on the loop.
  func ask(_ request: StoreWriter.Request) {
    asked.append(request)
    guard asked.count == 1 else { return }
    // What a loop is to execute it begins with after all that has come.
    loop.assumeIsolated().execute {
      self.writer.add(self.asked)
      self.asked.removeAll(keepingCapacity: true)
    }
  }
}
