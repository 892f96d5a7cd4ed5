import NIOCore

/// Hands what the calls of a loop ask to the writer, when the loop has read what has come: one by one, each would wake the
/// writer, and it would answer the first of them alone. Where much has come the writer gets it in portions: it begins with
/// the first while the loop still reads the rest, instead of the two waiting for each other in turn.
final class CallDesk {
  /// So many make what a transaction costs besides them a small part of it.
  private static let portion = 16

  let writer: StoreWriter
  let cluster: ClusterService
  /// Ends the calls of the loop that take too long.
  let watch: Watch
  private let loop: any EventLoop
  private var asked: [StoreWriter.Request] = []
  private var isToHandOver = false

  /// - Parameter loop: where all of its calls are served.
  init(_ writer: StoreWriter, _ cluster: ClusterService, loop: any EventLoop) {
    self.writer = writer
    self.cluster = cluster
    self.loop = loop
    watch = Watch(on: loop, every: .milliseconds(10))
  }

  /// To be called on the loop.
  func ask(_ request: StoreWriter.Request) {
    asked.append(request)
    if asked.count == Self.portion { return handOver() }
    guard !isToHandOver else { return }
    isToHandOver = true
    // What a loop is to execute it begins with after all that has come.
    loop.assumeIsolated().execute {
      self.isToHandOver = false
      self.handOver()
    }
  }

  private func handOver() {
    guard !asked.isEmpty else { return }
    writer.add(asked)
    asked.removeAll(keepingCapacity: true)
  }
}
