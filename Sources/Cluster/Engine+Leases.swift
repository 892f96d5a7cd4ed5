import MariaDB
package import Rotation

/// Numbers that dialers lease and give back.
extension Engine {
  /// What goes with a number, in the order of `values(of:)`.
  static let stateAssignments = """
    day = ?, used_today = ?, hour = ?, used_this_hour = ?, last_use = ?,
    resting_until = IF(rest_version <= ?, ?, resting_until), rest_reason = IF(rest_version <= ?, ?, rest_reason),
    outcomes = ?, uses = ?
    """
  private static let stateColumns =
    "day, used_today, hour, used_this_hour, last_use, resting_until, rest_reason, outcomes, uses"

  /// - Parameter followed: the version of the operators' changes that the dialer has carried out: of a rest that they have
  ///   ordered since it knows nothing.
  static func values(of state: NumberState, followed: Int) -> [any Value] {
    var uses = ""
    for use in state.uses {
      uses += "\(use.today.window):\(use.today.calls):\(use.thisHour.window):\(use.thisHour.calls)=\(use.campaign)\n"
    }
    return [
      state.today.window, state.today.calls, state.thisHour.window, state.thisHour.calls, state.lastUse, followed,
      state.restingUntil, followed, state.restReason, state.outcomes.map(String.init).joined(separator: ":"), uses,
    ]
  }

  /// Reads `stateColumns` from a column on.
  private static func state(_ row: borrowing Row, at column: Int) -> NumberState {
    func numbers(_ text: String) -> [Int] { text.split(separator: ":").map { Int($0) ?? 0 } }
    var state = NumberState()
    state.today = Usage(window: row[column], calls: row[column + 1])
    state.thisHour = Usage(window: row[column + 2], calls: row[column + 3])
    state.lastUse = row[column + 4]
    state.restingUntil = row[column + 5]
    state.restReason = row[column + 6]
    let outcomes = numbers(row[column + 7])
    if outcomes.count == 4 { state.outcomes = outcomes }
    for (counts, campaign) in ClusterText.read(row[column + 8]) {
      let parts = numbers(counts)
      guard parts.count == 4 else { continue }
      state.uses.append(
        .init(
          campaign: campaign, today: Usage(window: parts[0], calls: parts[1]),
          thisHour: Usage(window: parts[2], calls: parts[3])))
    }
    return state
  }

  /// Keeps others from evicting the dialer while it leases.
  ///
  /// - Parameter beat: the dialer's last renewal: an engine that knows an earlier one only was restored.
  /// - Returns: false while dialers are still to say what they hold.
  private func mayLease(_ dialer: DialerID, beat: Int, _ connection: Connection) throws -> Bool {
    let known = try connection.first(
      "SELECT epoch, beat, state FROM callerid_dialer WHERE id = ? LOCK IN SHARE MODE", dialer.id
    ) { row in (epoch: row[0] as Int, beat: row[1] as Int, state: row[2] as String) }
    guard let known, known.epoch >= dialer.epoch else { throw ClusterError.engineIsOlder }
    guard known.epoch == dialer.epoch, known.state == "active" else { throw ClusterError.evicted }
    let facts = try facts()
    guard known.beat >= beat, facts.generation == dialer.generation else { throw ClusterError.engineIsOlder }
    return !facts.isRecovering
  }

  /// Leases the least recently used of the free numbers of a pool and an area.
  package func lease(
    _ count: Int, of place: Demand, to dialer: DialerID, beat: Int, at now: Int
  ) throws -> [LeasedNumber] {
    try connection.transaction { connection in
      guard try mayLease(dialer, beat: beat, connection) else { return [] }
      let free = try connection.all(
        """
        SELECT id, e164, fence, \(Self.stateColumns) FROM callerid_number
        WHERE pool = ? AND area = ? AND usable = 1 AND holder = 0 AND removed = 0 AND unsettled_until <= ?
        ORDER BY last_use LIMIT ? FOR UPDATE SKIP LOCKED
        """, place.pool, place.area, now, count, body: Self.free)
      return try take(free, dialer, connection)
    }
  }

  /// Leases one of some numbers, the least recently used one that is free and will do.
  ///
  /// - Parameter isEligible: whether the dialer may use a number of which this is counted.
  package func lease(
    oneOf numbers: [String], to dialer: DialerID, beat: Int, at now: Int,
    where isEligible: (String, NumberState) throws -> Bool
  ) throws -> LeasedNumber? {
    try connection.transaction { connection in
      guard try mayLease(dialer, beat: beat, connection) else { return nil }
      // One text for any count of numbers: it is parsed once.
      let wished: [any Value] = (0..<LeaseWish.most).map { numbers.indices.contains($0) ? numbers[$0] : "" }
      let free = try connection.all(
        """
        SELECT id, e164, fence, \(Self.stateColumns) FROM callerid_number
        WHERE e164 IN (\([String].marks(LeaseWish.most))) AND usable = 1 AND holder = 0 AND removed = 0
          AND unsettled_until <= ? ORDER BY last_use LIMIT 8 FOR UPDATE SKIP LOCKED
        """, values: wished + [now], body: Self.free)
      guard let chosen = try free.first(where: { try isEligible($0.number.e164, $0.number.state) }) else { return nil }
      return try take([chosen], dialer, connection).first
    }
  }

  private typealias Free = (id: Int, number: LeasedNumber)

  private static func free(_ row: borrowing Row) -> Free {
    (row[0], LeasedNumber(e164: row[1], fence: (row[2] as Int) + 1, state: state(row, at: 3)))
  }

  private func take(_ free: [Free], _ dialer: DialerID, _ connection: Connection) throws -> [LeasedNumber] {
    try connection.runMany(
      """
      UPDATE callerid_number SET holder = ?, epoch = ?, fence = ?, unsettled_by = 0, unsettled_until = 0 WHERE id = ?
      """, rows: free.map { [dialer.id, dialer.epoch, $0.number.fence, $0.id] })
    return free.map(\.number)
  }

  /// The numbers that the engine has for a dialer: what it does not know itself is what it was leased when it was
  /// interrupted.
  package func held(by dialer: DialerID) throws -> [LeasedNumber] {
    try connection.all(
      """
      SELECT 0, e164, fence - 1, \(Self.stateColumns) FROM callerid_number
      WHERE holder = ? AND (epoch = ? OR holder = 0) AND removed = 0
      """, dialer.id, dialer.epoch
    ) { Self.free($0).number }
  }

  /// Takes numbers back from a dialer, with what was counted of them; also those that it was evicted with. What it says of
  /// numbers that others have had since does not count.
  package func giveBack(_ numbers: [LeasedNumber], by dialer: DialerID, followed: Int) throws {
    try connection.runMany(
      """
      UPDATE callerid_number SET holder = 0, unsettled_by = 0, unsettled_until = 0, \(Self.stateAssignments)
      WHERE e164 = ? AND fence = ? AND ((holder = ? AND epoch = ?) OR unsettled_by = ?)
      """,
      rows: numbers.map {
        Self.values(of: $0.state, followed: followed) + [$0.e164, $0.fence, dialer.id, dialer.epoch, dialer.id]
      })
  }

  // MARK: Shares

  /// How numbers and demand are spread, for each pool and area.
  package struct Spread: Sendable {
    package var numbers = 0
    package var free = 0
    /// By the dialer's ID.
    package var held: [Int: Int] = [:]
    package var demand: [Int: Int] = [:]
  }

  /// Keeps what a dialer was asked for.
  package func keep(_ demand: [Demand: Int], of dialer: DialerID) throws {
    try connection.transaction { connection in
      try connection.run("DELETE FROM callerid_demand WHERE dialer = ?", dialer.id)
      try connection.runMany(
        "INSERT INTO callerid_demand (dialer, pool, area, calls) VALUES (?, ?, ?, ?)",
        rows: demand.map { [dialer.id, $0.key.pool, $0.key.area, $0.value] })
    }
  }

  /// - Returns: also the IDs of the dialers that have a share.
  package func spread() throws -> (places: [Demand: Spread], dialers: [Int]) {
    var places: [Demand: Spread] = [:]
    try connection.each(
      """
      SELECT pool, area, holder, count(*) FROM callerid_number WHERE usable = 1 AND removed = 0 GROUP BY pool, area, holder
      """
    ) { row in
      let (holder, count): (Int, Int) = (row[2], row[3])
      var place = places[Demand(pool: row[0], area: row[1])] ?? Spread()
      place.numbers += count
      if holder == 0 { place.free += count } else { place.held[holder] = count }
      places[Demand(pool: row[0], area: row[1])] = place
    }
    try connection.each("SELECT pool, area, dialer, calls FROM callerid_demand") { row in
      places[Demand(pool: row[0], area: row[1]), default: Spread()].demand[row[2]] = row[3]
    }
    return (places, try connection.all("SELECT id FROM callerid_dialer WHERE state = 'active' ORDER BY id") { $0[0] })
  }
}
