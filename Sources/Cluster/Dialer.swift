package import MariaDB
package import Rotation

/// What one dialer does for its cluster again and again: renew its lease, tell what it has done, follow what operators have
/// changed elsewhere, and have its share of the numbers. It is used by one thread, which its engine may block; calls never
/// wait for it.
package final class Dialer {
  package enum Level: Sendable { case info, notice, error }
  package typealias Log = @Sendable (Level, String) -> Void

  /// Seconds between two renewals, and so on. (A dialer that is silent for a lease and `grace` seconds is evicted.)
  package enum Pace {
    package static let renewal = 10
    package static let report = 5
    package static let balance = 60
    package static let brief = 1
    /// A dialer ends its lease so much earlier than the engine, and others wait so much longer.
    package static let grace = 30
    /// The demand that shares go by is of so many seconds.
    package static let demand = 600
    /// A clock that is so much off lets the dialer have no more numbers: it counts their hours and days by it.
    package static let clockMilliseconds = 30_000
  }

  let store: Store
  let clock: Clock
  let standing: Standing
  let log: Log
  private let options: ConnectionOptions
  private var connected: Engine?
  /// When each duty is due, in seconds of uptime.
  private var due: [Duty: Int] = [:]
  /// Of other dialers: their last beat, and since when it has been the same, in seconds of uptime.
  private var beats: [Int: (beat: Int, since: Int)] = [:]
  /// Whether what the engine has for this dialer was compared with what it knows itself.
  var isReconciled = false
  private(set) var clockMilliseconds = 0

  /// In milliseconds; see `Pace.clockMilliseconds`. Tests and simulations have a time of their own.
  package var clockTolerance = Pace.clockMilliseconds

  private enum Duty: CaseIterable { case renewal, report, balance, brief }

  /// - Parameter options: where the engine is.
  package init(store: Store, options: ConnectionOptions, standing: Standing, clock: Clock = .system, log: @escaping Log)
  {
    self.store = store
    self.options = options
    self.standing = standing
    self.clock = clock
    self.log = log
  }

  func engine() throws(EngineError) -> Engine {
    if let connected { return connected }
    let engine = try Engine(options)
    connected = engine
    return engine
  }

  // MARK: Again and again

  /// Does what is due.
  ///
  /// - Returns: whether the engine was reached.
  /// - Throws: what the store throws.
  @discardableResult
  package func work() throws -> Bool {
    guard let uptime = clock.uptime()?.seconds, store.membership != nil else { return false }
    let isDue = { (duty: Duty) in (self.due[duty] ?? 0) <= uptime }
    guard Duty.allCases.contains(where: isDue), try store.read({ try $0.mark(.leaving) }) == 0 else { return true }
    do {
      // First of all, and alone when it has been missed: what else is done depends on it.
      if isDue(.renewal) { try perform(.renewal, every: Pace.renewal, from: uptime) { try renew() } }
      guard standing.with({ $0.dialer }) != nil else { return true }
      if standing.with({ $0.hasDoubt }) { isReconciled = false }
      if !isReconciled { try reconcile() }
      if isDue(.report) {
        try perform(.report, every: Pace.report, from: uptime) {
          try tell()
          try follow()
          try report()
          try giveBack()
          try shareLimits()
        }
      }
      if isDue(.balance) {
        try perform(.balance, every: Pace.balance, from: uptime) {
          try watchOthers(at: uptime)
          try balance()
        }
      }
      if isDue(.brief) { try perform(.brief, every: Pace.brief, from: uptime) { try giveBackBrief() } }
      note(failure: nil)
      return true
    } catch let error as EngineError {
      // Nobody knows what has become of what was under way.
      if error.isUnknown { isReconciled = false }
      note(failure: error.description)
      // Soon again, but not at once.
      for duty in Duty.allCases where isDue(duty) { due[duty] = uptime + 2 }
      return false
    } catch let error as ClusterError {
      try recover(from: error)
      return true
    }
  }

  private func perform(_ duty: Duty, every seconds: Int, from uptime: Int, _ body: () throws -> Void) throws {
    try body()
    due[duty] = uptime + seconds
  }

  private func note(failure: String?) {
    let before = standing.with { state in
      defer { state.failure = failure }
      return state.failure
    }
    if let failure, before == nil { log(.error, "the cluster's engine was not reached: \(failure)") }
    if failure == nil, before != nil { log(.notice, "the cluster's engine is reached again") }
  }

  // MARK: The lease

  private func renew() throws {
    guard let before = clock.uptime(), var membership = store.membership else { return }
    let engine = try engine()
    let facts = try engine.facts()
    let (dialer, beat, followed) = try marks()
    // A store that knows nothing of its dialer was restored from a backup.
    guard dialer.epoch > 0 else { throw ClusterError.storeIsOlder }
    let asked = clock.now() * 1000
    clockMilliseconds = asked - (try engine.milliseconds())
    // Within a second nothing can be said: the clock of a store counts whole ones.
    if abs(clockMilliseconds) < 1000 { clockMilliseconds = 0 }
    let untold = try store.read { snapshot in
      try [.number, .rest, .setting, .campaign, .agent, .token].reduce(0) {
        $0 + (try snapshot.notes($1, atMost: 1000).count)
      }
    }
    let new = try engine.renew(
      dialer, beat: beat,
      .init(
        followed: followed, untold: untold, program: Version.text.description, clockMilliseconds: clockMilliseconds))
    membership.lease = DialerLease(
      boot: before.boot, renewedAt: before.seconds, endsAt: before.seconds + facts.leaseSeconds - Pace.grace)
    try store.write { transaction in
      try transaction.keep(.beat, new)
      if try transaction.mark(.leaving) == 0 { try transaction.keep(membership) }
    }
    standing.with { ($0.dialer, $0.beat) = (dialer, new) }
  }

  /// The dialer as its store knows it, with how far it is.
  package func marks() throws -> (dialer: DialerID, beat: Int, followed: Int) {
    try store.read { snapshot in
      let id = DialerID(
        id: try snapshot.mark(.dialer), epoch: try snapshot.mark(.epoch), generation: try snapshot.mark(.generation))
      return (id, try snapshot.mark(.beat), try snapshot.mark(.followed))
    }
  }

  /// The dialer as it was with the last renewal.
  func member() throws -> (dialer: DialerID, beat: Int) {
    let (dialer, beat) = standing.with { ($0.dialer, $0.beat) }
    guard let dialer else { throw ClusterError.evicted }
    return (dialer, beat)
  }

  /// Evicts those that have been silent for longer than their leases, as far as this dialer has seen it itself.
  private func watchOthers(at uptime: Int) throws {
    let engine = try engine()
    let (own, _) = try member()
    let silence = try engine.facts().leaseSeconds + Pace.grace
    for other in try engine.dialers() where other.isActive && other.id != own.id {
      if let seen = beats[other.id], seen.beat == other.beat {
        guard uptime - seen.since > silence else { continue }
        let numbers = try engine.evict(other.id, ifBeatIs: other.beat, unsettledUntil: try unsettledUntil())
        beats[other.id] = nil
        guard let numbers else { continue }
        log(.notice, "\(other.name) was silent for \(silence) s and is evicted; \(numbers) numbers rest until tomorrow")
        try engine.endRecovery()
      } else {
        beats[other.id] = (other.beat, uptime)
      }
    }
  }

  /// - Parameter isInUse: whether others may still call, for a lease, with what they do not know to be lost.
  func unsettledUntil(isInUse: Bool = false) throws -> Int {
    store.unsettledUntil(leaseSeconds: try engine().facts().leaseSeconds, isInUse: isInUse)
  }

  // MARK: When the engine says other than this dialer knows

  private func recover(from error: ClusterError) throws {
    let (dialer, beat, followed) = try marks()
    standing.with { $0.dialer = nil }
    isReconciled = false
    due.removeAll()
    do {
      let engine = try engine()
      switch error {
      case .evicted:
        log(.notice, "this dialer was evicted from the cluster, and joins it again")
        try dropLeases(isTold: true)
        try giveBack(as: dialer)
        try rejoin()
      case .storeIsOlder:
        log(.error, "this store is older than what the cluster knows of its dialer: it was restored from a backup")
        guard let name = store.membership?.dialer, let known = try engine.dialer(named: name) else {
          throw ClusterError.noCluster
        }
        try dropLeases(isTold: false)
        let last = try engine.lastRequest(of: DialerID(id: known.id, epoch: 0, generation: 0))
        try store.write { transaction in
          try transaction.skipRequests(upTo: last)
          try transaction.keep(.told, last)
        }
        _ = try engine.evict(known.id, ifBeatIs: nil, unsettledUntil: try unsettledUntil())
        try rejoin()
      case .engineIsOlder:
        let (facts, known) = (try engine.facts(), try engine.dialer(named: store.membership?.dialer ?? ""))
        let isOlder = known.map { $0.beat < beat || $0.epoch < dialer.epoch } ?? true
        guard isOlder || facts.generation != dialer.generation else { return }
        if facts.generation <= dialer.generation {
          log(.error, "the cluster's engine was restored from a backup: dialers say what they hold")
          try engine.beginRecovery(from: dialer.generation, unsettledUntil: try unsettledUntil(isInUse: true))
        }
        // Others may have what it held.
        if store.membership?.lease?.holds(at: clock.uptime()) != true { try dropLeases(isTold: true) }
        try reclaim(dialer, beat: beat, followed: followed, engine)
      default: throw error
      }
    } catch let error as EngineError {
      note(failure: error.description)
    } catch let error as ClusterError {
      note(failure: error.description)
      for duty in Duty.allCases { due[duty] = (clock.uptime()?.seconds ?? 0) + Pace.report }
    }
  }

  func dropLeases(isTold: Bool) throws {
    try store.write { transaction in
      guard var membership = transaction.membership else { return }
      membership.lease = nil
      try transaction.keep(membership)
    }
    try store.dropLeases(isTold: isTold)
  }

  private func rejoin() throws {
    guard let name = store.membership?.dialer else { return }
    let engine = try engine()
    let dialer = try engine.join(name, program: Version.text.description)
    let last = try engine.lastRequest(of: dialer)
    try store.write { transaction in
      // The engine may have been restored while this dialer was away: what it has lost is told, and heard, again.
      try transaction.keep(.told, min(last, transaction.mark(.told)))
      if try transaction.mark(.generation) != dialer.generation { try transaction.keep(.followed, 0) }
      try transaction.keep(dialer, beat: 1)
    }
  }

  private func reclaim(_ dialer: DialerID, beat: Int, followed: Int, _ engine: Engine) throws {
    guard let name = store.membership?.dialer else { return }
    let held = try store.leasedNumbers().map(\.e164)
    let states = try store.read { try $0.states(of: held) }
    let version = try engine.facts().version
    // One that has followed nothing yet was interrupted in a recovery, or after it had brought its numbers. What was told
    // since the restore makes versions grow again: they do not say that the engine has all of a dialer's numbers.
    let isAhead = followed > version || followed == 0
    try ClusterBooks.tellAll(
      of: store, to: engine, onlyUnknown: !isAhead, unsettledUntil: try unsettledUntil(isInUse: true))
    let now = try engine.reclaim(dialer, name: name, beat: beat, states)
    let last = try engine.lastRequest(of: now)
    try store.write { transaction in
      try transaction.keep(now, beat: beat)
      try transaction.keep(.told, min(last, transaction.mark(.told)))
      try transaction.keep(.followed, 0)
    }
  }
}

extension Store {
  /// When nobody can be using a number any more of a dialer that is gone, and its limits begin anew: nobody knows how often
  /// it was used. In seconds since 1970-01-01 UTC.
  ///
  /// - Parameter isInUse: whether it may still be used for a lease: perhaps in the next day, whose limits it then counts to.
  package func unsettledUntil(leaseSeconds: Int, isInUse: Bool = false) -> Int {
    let unused = moment.now + leaseSeconds + Dialer.Pace.grace + settings.reservationTTL
    return max(moment(in: isInUse ? leaseSeconds : 0).windows.day.upperBound, unused)
  }
}

extension Transaction {
  /// Keeps how this dialer is known in its cluster.
  func keep(_ dialer: DialerID, beat: Int) throws {
    for (mark, value) in [
      (ClusterMark.dialer, dialer.id), (.epoch, dialer.epoch), (.generation, dialer.generation), (.beat, beat),
    ] { try keep(mark, value) }
  }
}
