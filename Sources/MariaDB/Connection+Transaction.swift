internal import Glibc

extension Connection {
  /// How often a transaction is tried that others are in the way of.
  package static let mostTries = 5
  /// How often one is tried again whose connection was lost, after the first time that this was at COMMIT.
  private static let mostLosses = 3
  /// How long it is asked what has become of a COMMIT, in seconds: Galera needs six to notice that a node is gone.
  package static let patience = 10

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  ///
  /// `body` may run several times, each time from the beginning: where others were in the way (`isConflict`, with short
  /// random pauses), and once where the connection was lost before COMMIT, on another connection. Inside another
  /// transaction it is a part of that one.
  ///
  /// - Throws: what `body` throws; an `EngineError` with `isUnknown` where the connection was lost at COMMIT.
  @discardableResult
  package func transaction<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try settle(body, asks: false) { _ in nil }
  }

  /// Runs `body` in a transaction, and finds out what has become of it where the connection is lost at COMMIT.
  ///
  /// Then `cameAbout` is asked, on a new connection, outside of a transaction, with reads that see every commit
  /// (`upToDate`). The COMMIT may still be under way and come about later. So `body` writes a mark of its own under a
  /// unique key, before all else, by which `cameAbout` knows it again: a second run then waits for the first or meets its
  /// mark, and whenever it fails, `cameAbout` is asked once more. (In a Galera cluster whose node has died, the others
  /// answer for some seconds as if its last COMMIT had not been, and may have it all the same.)
  ///
  /// - Parameter cameAbout: what `body` would have returned, if its mark is there; nil if it is not, and then `body` is
  ///   run again.
  /// - Throws: what `body` throws; an `EngineError` with `isUnknown` where it could not be found out, for `patience`,
  ///   whether it was committed.
  @discardableResult
  package func transaction<Result>(
    _ body: (Connection) throws -> Result, cameAbout: (Connection) throws -> Result?
  ) throws -> Result {
    try settle(body, asks: true, cameAbout)
  }

  private func settle<Result>(
    _ body: (Connection) throws -> Result, asks: Bool, _ cameAbout: (Connection) throws -> Result?
  ) throws -> Result {
    if isInTransaction { return try body(self) }
    var (conflicts, losses) = (0, 0)
    /// The failure of a COMMIT of which nobody knows what has become.
    var doubt: EngineError?
    while true {
      var isCommitting = false
      do {
        return try attempt(body, isCommitting: &isCommitting)
      } catch {
        guard var failure = error as? EngineError else {
          if let doubt, asks, let result = try ask(cameAbout, after: doubt) { return result }
          throw error
        }
        if failure.isConflict {
          // The server has undone it.
          failure.isUnknown = doubt != nil
          conflicts += 1
          guard conflicts < Self.mostTries, pause(upTo: 4 << conflicts) else { throw failure }
          continue
        }
        // Whatever else it says about a COMMIT leaves open what has become of it (1180, say, which Galera answers with when
        // it loses the other nodes).
        failure.isUnknown = isCommitting || doubt != nil
        if isCommitting { doubt = failure }
        if failure.isUnknown {
          guard asks else { throw failure }
          if let result = try ask(cameAbout, after: failure) { return result }
        }
        losses += 1
        guard isCommitting || failure.isConnectionLost, !failure.isDeadline,
          losses <= (failure.isUnknown ? Self.mostLosses : 1)
        else { throw failure }
      }
    }
  }

  private func attempt<Result>(
    _ body: (Connection) throws -> Result, isCommitting: inout Bool
  ) throws -> Result {
    defer { (isInTransaction, failure) = (false, nil) }
    do {
      try execute("START TRANSACTION")
      isInTransaction = true
      let result = try body(self)
      if let failure { throw failure }
      // From here on a failure is COMMIT's own.
      isCommitting = true
      try execute("COMMIT")
      return result
    } catch {
      (isInTransaction, failure) = (false, nil)
      do { try rollBack() } catch { abandon() }
      throw error
    }
  }

  /// Undoes what was done since START TRANSACTION, if the connection is there.
  private func rollBack() throws(EngineError) {
    guard isOpen else { return }
    try execute("ROLLBACK")
  }

  /// Finds out what has become of a COMMIT, for as long as nobody says.
  private func ask<Result>(_ cameAbout: (Connection) throws -> Result?, after error: EngineError) throws -> Result? {
    let end = Deadline.now() + UInt(Self.patience) * 1_000_000_000
    while true {
      do {
        return try upToDate(cameAbout)
      } catch let failure as EngineError where failure.isConnectionLost || failure.isConflict {
        guard Deadline.now() < end, pause(upTo: 500) else { throw error }
      } catch is EngineError {
        throw error
      }
    }
  }

  /// Sleeps for at least half of some milliseconds, and at most all.
  ///
  /// - Returns: false, at once, if the time allowed would be over then.
  private func pause(upTo milliseconds: Int) -> Bool {
    let nanoseconds = UInt.random(in: UInt(milliseconds) * 500_000...UInt(milliseconds) * 1_000_000)
    if let end = Deadline.current, Deadline.now() + nanoseconds >= end { return false }
    usleep(UInt32(nanoseconds / 1000))
    return true
  }
}
