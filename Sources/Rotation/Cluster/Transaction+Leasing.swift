internal import SQLite

/// Numbers that come to this dialer and go from it.
extension Transaction {
  /// Takes numbers that the engine has leased to this dialer, with what has been counted of them elsewhere.
  ///
  /// Those of an epoch that is over are others' by now, and none is taken by a dialer that is about to leave.
  ///
  /// - Returns: those that this store does not have yet.
  package func take(_ numbers: [LeasedNumber], epoch: Int) throws -> [LeasedNumber] {
    var unknown: [LeasedNumber] = []
    guard try mark(.epoch) == epoch, try mark(.leaving) == 0 else { return [] }
    var order = LastUseOrder()
    for leased in numbers {
      guard var number = try number(PhoneNumber(e164: leased.e164, written: "")) else {
        unknown.append(leased)
        continue
      }
      // It may have been used since.
      if number.lease == leased.fence { continue }
      let state = leased.state
      number.lease = leased.fence
      (number.today, number.thisHour) = (state.today, state.thisHour)
      number.lastUsedAt = state.lastUsedAt
      number.lastRequest = try order.place(of: state, in: self)
      if try !isToBeTold(.rest, leased.e164) {
        (number.restingUntil, number.restReason) = (state.restingUntil, state.restReason)
      }
      try keepOutcomes(state.outcomes, of: number)
      try keepLease(of: number)
      // What it has here is of an earlier lease.
      for scope in number.scopes {
        var use = try use(of: number, in: scope)
        let told = try state.uses.first { use in
          guard let name = CallerText(use.campaign) else { return false }
          return try campaign(name).id == scope.campaignID
        }
        guard use.isKept || told != nil else { continue }
        (use.today, use.thisHour) = (told?.today ?? Usage(), told?.thisHour ?? Usage())
        try keep(use, of: number)
      }
      try moveToItsPlace(&number)
    }
    return unknown
  }

  private func keepOutcomes(_ counts: [Int], of number: Number) throws {
    guard counts.count == 4, counts[0] > 0 else { return try forgetOutcomes(of: number) }
    try database.run(
      "INSERT OR REPLACE INTO outcome (number_id, calls, answered, short, blocked) VALUES (?, ?, ?, ?, ?)",
      number.id, counts[0], counts[1], counts[2], counts[3])
  }

  private func keepLease(of number: Number) throws {
    try database.run("UPDATE number SET lease = ? WHERE id = ?", number.lease, number.id)
  }

  /// Gives up numbers that no call holds. From the commit on no call here gets them; the engine is told after it, also if
  /// this program ends first (`givenUp`).
  ///
  /// - Returns: how many were given up.
  package func giveUp(_ numbers: [String]) throws -> Int {
    var count = 0
    for e164 in numbers {
      guard var number = try number(PhoneNumber(e164: e164, written: "")), let fence = number.lease, fence > 0,
        number.reservations(at: now).isEmpty
      else { continue }
      number.lease = 0
      try keepLease(of: number)
      try moveToItsPlace(&number)
      try keepNote(.givenUp, e164, String(fence))
      count += 1
    }
    return count
  }

  /// Leaves a number away.
  func leave(_ e164: String) throws {
    guard var number = try number(PhoneNumber(e164: e164, written: "")) else { return }
    number.lease = 0
    try keepLease(of: number)
    try moveToItsPlace(&number)
  }

  /// Gives up numbers, whatever calls hold them; see `Store.dropLeases`.
  ///
  /// - Returns: how many.
  func dropLeases(atMost count: Int, isTold: Bool) throws -> Int {
    if !isTold { try forgetNotes(.givenUp) }
    let ids: [Int] = try database.all("SELECT id FROM number WHERE lease > 0 OR lease IS NULL LIMIT ?", count) { $0[0] }
    for id in ids {
      guard var number = try number(id: id) else { continue }
      if isTold, let fence = number.lease { try keepNote(.givenUp, number.phone.e164, String(fence)) }
      number.lease = 0
      try keepLease(of: number)
      try moveToItsPlace(&number)
    }
    return ids.count
  }

  /// Sets the fence of all numbers; nil: they are a single machine's. Their places in the lanes are then to be found again.
  package func setLeases(to fence: Int?) throws {
    try database.run("UPDATE number SET lease = ?", fence)
    try noteResorting()
  }

  func setLease(of e164: String, to fence: Int) throws {
    try database.run("UPDATE number SET lease = ? WHERE e164 = ?", fence, e164)
  }
}

/// Where numbers stand that others have used, among those that were used here: lanes are ordered by the requests of this
/// store.
struct LastUseOrder {
  private var oldest: Int?

  /// Before all that were used here. Numbers that nobody has ever used go first.
  private static let never = -(1 << 60)
  private static let before = -(1 << 59)

  mutating func place(of state: NumberState, in snapshot: Snapshot) throws -> Int {
    guard state.lastUse > 0 else { return Self.never }
    if oldest == nil {
      oldest = try snapshot.database.value("SELECT at FROM request ORDER BY id LIMIT 1") ?? .max
    }
    guard state.lastUsedAt >= oldest ?? .max else { return Self.before + state.lastUse }
    return try max(1, snapshot.firstRequest(since: state.lastUsedAt + 1) - 1)
  }
}

extension Snapshot {
  /// A number that is leased to this dialer, as the loop looks at it.
  package struct Leased: Sendable {
    package let e164: String
    package let pool: String
    /// The area of its first area code; empty: none.
    package let area: String
    package let lastUsedAt: Int
    /// Whether no call holds it.
    package let isIdle: Bool
  }

  /// The numbers that are leased to this dialer, in the order of their IDs, after one of them.
  package func leasedNumbers(after id: Int, atMost count: Int) throws -> (numbers: [Leased], last: Int?) {
    let ids: [Int] = try database.all("SELECT id FROM number WHERE id > ? AND lease > 0 ORDER BY id LIMIT ?", id, count)
    {
      $0[0]
    }
    let numbers = try ids.compactMap { try number(id: $0) }.map { number in
      Leased(
        e164: number.phone.e164, pool: number.pool.name, area: number.homeArea, lastUsedAt: number.lastUsedAt,
        isIdle: number.reservations(at: now).isEmpty)
    }
    return (numbers, ids.count == count ? ids.last : nil)
  }

  /// The pool and the area that a number's share is reckoned by.
  package func place(of e164: String) throws -> Demand? {
    try number(PhoneNumber(e164: e164, written: "")).map { Demand(pool: $0.pool.name, area: $0.homeArea) }
  }

  /// Whether a number is leased to this dialer, and no call holds it.
  package func isIdle(_ e164: String) throws -> Bool {
    guard let number = try number(PhoneNumber(e164: e164, written: "")), number.lease ?? 0 > 0 else { return false }
    return number.reservations(at: now).isEmpty
  }

  /// What goes with numbers that were given up here, for the engine; but for those that calls still hold.
  ///
  /// - Returns: also the notes of them, to be forgotten when the engine knows.
  package func statesOfGivenUp() throws -> (numbers: [LeasedNumber], notes: [(key: String, value: String)]) {
    var (numbers, told): ([LeasedNumber], [(key: String, value: String)]) = ([], [])
    for note in try notes(.givenUp, atMost: .max) where numbers.count < 500 {
      if let number = try number(PhoneNumber(e164: note.key, written: "")), number.lease == 0 {
        guard number.reservations(at: now).isEmpty else { continue }
        numbers.append(LeasedNumber(e164: note.key, fence: Int(note.value) ?? 0, state: try state(of: number)))
      }
      told.append(note)
    }
    return (numbers, told)
  }

  /// What the engine is to know of numbers that are leased to this dialer.
  package func states(of numbers: [String]) throws -> [LeasedNumber] {
    try numbers.compactMap { e164 in
      guard let number = try number(PhoneNumber(e164: e164, written: "")), let fence = number.lease, fence > 0 else {
        return nil
      }
      return LeasedNumber(e164: e164, fence: fence, state: try state(of: number))
    }
  }
}

extension Number {
  /// The area that its share among dialers is reckoned by: the first that it serves; empty: it serves none.
  package var homeArea: String { servedAreas.first?.key ?? "" }
}
