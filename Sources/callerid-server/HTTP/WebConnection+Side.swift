import HTTPTypes
import HummingbirdCore
import NIOCore

extension WebConnection {
  /// The connection, for the task that answers its request.
  struct Side: Sendable {
    private let loop: any EventLoop
    private let bound: NIOLoopBound<WebConnection>

    init(_ connection: WebConnection, on loop: any EventLoop) {
      self.loop = loop
      bound = NIOLoopBound(connection, eventLoop: loop)
    }

    /// The task runs on the loop, but for what a route may do elsewhere.
    func run(_ body: @escaping @Sendable (WebConnection) -> Void) {
      if loop.inEventLoop { body(bound.value) } else { loop.execute { body(bound.value) } }
    }

    func send(_ response: Response) async {
      let isWhole = response.body.contentLength != nil
      run { $0.open(response) }
      do { try await response.body.write(Writer(side: self, isWhole: isWhole)) } catch { run { $0.giveUp() } }
    }

    fileprivate func write(_ bytes: ByteBuffer) async throws {
      let written = loop.makePromise(of: Void.self)
      run { $0.write(bytes, promise: written) }
      try await written.futureResult.get()
    }
  }

  /// The body of a request, read when somebody asks for it.
  struct Body: AsyncSequence, Sendable {
    let side: Side

    struct AsyncIterator: AsyncIteratorProtocol {
      let side: Side

      func next() async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in side.run { $0.hand(continuation) } }
      }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(side: side) }
  }

  /// Writes the body of an answer: one whose length is known at once, any other piece by piece, each when the client has
  /// taken the one before.
  private struct Writer: ResponseBodyWriter {
    let side: Side
    let isWhole: Bool

    func write(_ buffer: ByteBuffer) async throws {
      if isWhole { side.run { $0.write(buffer, promise: nil) } } else { try await side.write(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { side.run { $0.finish() } }
  }
}
