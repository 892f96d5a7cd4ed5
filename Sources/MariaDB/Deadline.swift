internal import CMariaDB
internal import Glibc

/// The moment by which this thread wants to be done with the engine.
///
/// libmariadb's own limits are whole seconds, and count from each read or write anew. But it asks a function of ours to wait
/// for the socket (MARIADB_OPT_IO_WAIT), also in a handshake and under TLS. That function is told which socket, but not
/// whose: so the moment is kept for the thread.
enum Deadline {
  /// Nanoseconds of CLOCK_MONOTONIC are kept as a pointer's bits; null: no limit.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    // It fails only when a process has a thousand keys; then key 0 would be somebody else's, so there is no going on.
    precondition(pthread_key_create(&key, nil) == 0)
    return key
  }()

  static var current: UInt? {
    get { pthread_getspecific(key).map { UInt(bitPattern: $0) } }
    set { pthread_setspecific(key, newValue.flatMap { UnsafeRawPointer(bitPattern: $0) }) }
  }

  static var isOver: Bool { current.map { now() >= $0 } ?? false }

  static func now() -> UInt {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt(time.tv_sec) * 1_000_000_000 + UInt(time.tv_nsec)
  }

  /// Has libmariadb wait for a connection's socket in `wait`.
  static func watch(_ handle: UnsafeMutablePointer<MYSQL>) {
    cmariadb_wait_with(handle) { Deadline.wait(socket: $0, toRead: $1 != 0, limit: $2) }
  }

  /// Has reads and writes of a connection's socket return at once.
  static func stopBlocking(_ socket: Int32) { _ = fcntl(socket, F_SETFL, O_RDWR | O_NONBLOCK) }

  /// Like poll(2): 1 if the socket is ready, 0 if the time is over.
  ///
  /// - Parameter limit: in milliseconds, but under TLS in seconds, which libmariadb has forgotten to convert: so below 1000
  ///   they are seconds, and `Session` lets no limit be as long as that. From 0 down: none.
  private static func wait(socket: Int32, toRead: Bool, limit: Int32) -> Int32 {
    // It makes the socket block after it has connected, and then OpenSSL would wait by itself, for as long as it likes.
    stopBlocking(socket)
    let start = now()
    let own = limit > 0 ? start + UInt(limit < 1000 ? limit * 1000 : limit) * 1_000_000 : UInt.max
    let end = min(own, current ?? .max)
    while true {
      let time = now()
      // Rounded up, so that the time is over when it returns.
      let left = end == .max ? -1 : end > time ? Int32(clamping: (end - time + 999_999) / 1_000_000) : 0
      var poll = pollfd(fd: socket, events: Int16(toRead ? POLLIN : POLLOUT), revents: 0)
      let ready = Glibc.poll(&poll, 1, left)
      if ready < 0, errno == EINTR { continue }
      if ready == 0 { errno = ETIMEDOUT }
      return ready
    }
  }
}

extension Connection {
  /// Runs `body` with a limit for all that this thread asks of the engine in it: connecting (but for the resolving of
  /// names), sending, waiting and the tries of transactions, all together. Of two limits, one within the other, the
  /// earlier holds.
  ///
  /// Where the limit is reached while an answer is awaited, the connection is given up: nobody knows what the answer would
  /// have been. The error has `isDeadline`; so has a COMMIT's, with `isUnknown`.
  ///
  /// - Parameter milliseconds: from now; 0 or less: over at once.
  package static func within<Result, Failure: Error>(
    milliseconds: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = Deadline.current
    defer { Deadline.current = outer }
    let end = Deadline.now() + UInt(clamping: milliseconds) * 1_000_000
    Deadline.current = min(end, outer ?? .max)
    return try body()
  }
}
