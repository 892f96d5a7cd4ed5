import MariaDB
import Rotation

/// Having the numbers that are this dialer's share.
extension Dialer {
  /// Makes what is leased here what the engine says it is: this dialer may have been interrupted between the engine's
  /// commit and its own.
  func reconcile() throws {
    standing.with { $0.hasDoubt = false }
    try giveBack()
    let (dialer, _) = try member()
    let held = try engine().held(by: dialer)
    let (known, there) = (Set(try store.leasedNumbers().map(\.e164)), Set(held.map(\.e164)))
    try store.leave(known.subtracting(there).sorted())
    let lost = held.filter { !known.contains($0.e164) }
    if !lost.isEmpty {
      try take(lost, epoch: dialer.epoch)
      try keepBriefly(lost)
    }
    isReconciled = true
  }

  /// Has numbers of scarce places given back as soon as no call holds them.
  private func keepBriefly(_ numbers: [LeasedNumber]) throws {
    let places = try store.read { snapshot in try numbers.map { (try snapshot.place(of: $0.e164), $0.e164) } }
    standing.with { state in
      for case (let place?, let e164) in places where state.scarce?.contains(place) ?? false {
        state.brief.insert(e164)
      }
    }
  }

  /// Takes numbers into the store, after what operators have said of them where the store does not have them yet.
  private func take(_ numbers: [LeasedNumber], epoch: Int) throws {
    var unknown = try store.take(numbers, epoch: epoch)
    if unknown.isEmpty { return }
    try follow()
    unknown = try store.take(unknown, epoch: epoch)
    if !unknown.isEmpty {
      log(.error, "the cluster has \(unknown.count) numbers for this dialer that it was not told of")
    }
  }

  /// Leases and gives up what is off from this dialer's share.
  func balance() throws {
    try reconcile()
    let engine = try engine()
    let (dialer, beat) = try member()
    _ = try engine.prune(before: clock.now() - store.settings.retentionDays * 86_400)
    try engine.keep(try store.read { try $0.demand(ofSeconds: Pace.demand) }, of: dialer)
    if abs(clockMilliseconds) > clockTolerance {
      return log(.error, "the clock is \(clockMilliseconds / 1000) s off the engine's: no more numbers are leased")
    }
    let spread = try engine.spread()
    let shares = Shares(spread.places, dialers: spread.dialers, of: dialer.id)
    standing.with { $0.scarce = shares.scarce }
    try giveUp(shares.moves.filter { $0.count < 0 })
    var leased = 0
    for move in shares.moves where move.count > 0 {
      for start in stride(from: 0, to: move.count, by: Self.mostLeased) {
        let count = min(Self.mostLeased, move.count - start)
        let numbers = try engine.lease(count, of: move.place, to: dialer, beat: beat, at: clock.now())
        try take(numbers, epoch: dialer.epoch)
        leased += numbers.count
        if numbers.count < count { break }
      }
    }
    if leased > 0 { log(.info, "\(leased) numbers were leased") }
  }

  /// So many numbers are leased in one transaction at most.
  private static let mostLeased = 500

  private func giveUp(_ moves: [Shares.Move]) throws {
    guard !moves.isEmpty else { return }
    var idle: [Demand: [Snapshot.Leased]] = [:]
    for number in try store.leasedNumbers() where number.isIdle {
      idle[Demand(pool: number.pool, area: number.area), default: []].append(number)
    }
    var given: [String] = []
    for move in moves {
      // Those that were used the longest ago: whoever gets them uses them the soonest.
      let oldest = (idle[move.place] ?? []).sorted { ($0.lastUsedAt, $0.e164) < ($1.lastUsedAt, $1.e164) }
      given += oldest.prefix(-move.count).map(\.e164)
    }
    try store.giveUp(given)
    try giveBack()
  }

  /// Gives back numbers that were leased inside calls, when these have ended.
  func giveBackBrief() throws {
    let brief = standing.with { $0.brief }
    guard !brief.isEmpty else { return }
    let idle = try store.read { snapshot in try brief.filter { try snapshot.isIdle($0) } }
    guard !idle.isEmpty else { return }
    try store.giveUp(Array(idle))
    standing.with { $0.brief.subtract(idle) }
    try giveBack()
  }

  /// Tells the engine of what was given up here.
  func giveBack(as given: DialerID? = nil) throws {
    let dialer = try given ?? member().dialer
    let (_, _, followed) = try marks()
    while case (let numbers, let notes) = try store.read({ try $0.statesOfGivenUp() }), !notes.isEmpty {
      try engine().giveBack(numbers, by: dialer, followed: followed)
      try store.write { try $0.forget(.givenUp, notes) }
    }
  }
}
