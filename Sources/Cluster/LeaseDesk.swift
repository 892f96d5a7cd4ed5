package import MariaDB
package import Rotation

/// Leases single numbers inside calls that wish for them. It is used by one thread; a call waits for it no longer than its
/// budget, and not at all while the engine is not well.
package final class LeaseDesk {
  /// Milliseconds for all that is asked of the engine: the call itself waits for fifteen.
  package static let budget = 12
  /// After a failure no call asks for so many seconds.
  private static let pause = 2
  /// For so many seconds the engine is not asked again for numbers of which it had none.
  private static let memory = 1

  private let store: Store
  private let options: ConnectionOptions
  private let standing: Standing
  private let clock: Clock
  private let budget: Int
  private var engine: Engine?
  /// In seconds of uptime.
  private var closedUntil = 0
  /// Wishes that nothing was found for, by their first number: until when.
  private var unfulfilled: [String: Int] = [:]

  /// - Parameter budget: in milliseconds; a test whose machine is busy has more.
  package init(
    store: Store, options: ConnectionOptions, standing: Standing, clock: Clock = .system, budget: Int = LeaseDesk.budget
  ) {
    self.store = store
    self.options = options
    self.standing = standing
    self.clock = clock
    self.budget = budget
  }

  /// Whether there is a connection.
  package var isReady: Bool { engine != nil }

  /// Has a connection ready; to be called now and then while no call asks, since connecting takes longer than a call waits.
  package func makeReady() {
    guard let uptime = clock.uptime()?.seconds, uptime >= closedUntil else { return }
    do throws(EngineError) {
      // Calls that wish for something meanwhile do without.
      try Connection.within(milliseconds: 1000) { () throws(EngineError) in
        if let engine { try engine.connection.ping() } else { engine = try Engine(options) }
      }
    } catch {
      engine = nil
      closedUntil = uptime + Self.pause
    }
    unfulfilled = unfulfilled.filter { $0.value > uptime }
  }

  /// Leases one of the numbers that a call wishes for, and puts it into the store.
  ///
  /// - Returns: whether there was one.
  package func fulfil(_ wish: LeaseWish) -> Bool {
    guard let uptime = clock.uptime()?.seconds, uptime >= closedUntil, let engine,
      let first = wish.numbers.first, unfulfilled[first] ?? 0 <= uptime,
      case (let dialer?, let beat) = standing.with({ ($0.dialer, $0.beat) })
    else { return false }
    do {
      let now = clock.now()
      let leased = try Connection.within(milliseconds: budget) { () throws in
        try engine.lease(oneOf: wish.numbers, to: dialer, beat: beat, at: now) { e164, state in
          try store.read { try $0.isEligible(e164, with: state) }
        }
      }
      guard let leased else {
        unfulfilled[first] = uptime + Self.memory
        return false
      }
      // If the store is busy now, the loop finds the number among those that the engine has for this dialer.
      guard try store.write({ try $0.take([leased], epoch: dialer.epoch) }).isEmpty else { return false }
      // Of a place that has many it stays until shares are worked out the next time.
      let place = try store.read { try $0.place(of: leased.e164) }
      standing.with { if let place, $0.scarce?.contains(place) ?? true { $0.brief.insert(leased.e164) } }
      return true
    } catch {
      closedUntil = uptime + Self.pause
      self.engine = nil
      standing.with { $0.hasDoubt = true }
      return false
    }
  }
}
