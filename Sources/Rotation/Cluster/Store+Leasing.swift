internal import SQLite

/// What the loop of a dialer does with many numbers: a few in each transaction, so that no call waits.
extension Store {
  /// Takes numbers that the engine has leased to this dialer; see `Transaction.take`.
  ///
  /// - Returns: those that this store does not have yet.
  package func take(_ numbers: [LeasedNumber], epoch: Int) throws(StoreError) -> [LeasedNumber] {
    var unknown: [LeasedNumber] = []
    try inBatches(numbers) { unknown += try $0.take([$1], epoch: epoch) }
    return unknown
  }

  /// Leaves away what the engine does not say is this dialer's.
  package func leave(_ numbers: [String]) throws(StoreError) { try inBatches(numbers) { try $0.leave($1) } }

  /// Gives up numbers that no call holds; see `Transaction.giveUp`.
  package func giveUp(_ numbers: [String]) throws(StoreError) { try inBatches(numbers) { _ = try $0.giveUp([$1]) } }

  /// Gives up every number, also those that calls hold: the engine is told of them when these calls have ended.
  ///
  /// - Parameter isTold: whether the engine is to be told how often they were used; not where this store is older than the
  ///   use.
  package func dropLeases(isTold: Bool) throws(StoreError) {
    try inSteps { transaction, most in try transaction.dropLeases(atMost: most, isTold: isTold) }
  }

  /// All numbers that are leased to this dialer.
  package func leasedNumbers() throws(StoreError) -> [Snapshot.Leased] {
    var (numbers, next): ([Snapshot.Leased], Int?) = ([], 0)
    while let last = next {
      let page = try read { try $0.leasedNumbers(after: last, atMost: 500) }
      numbers += page.numbers
      next = page.last
    }
    return numbers
  }

  /// Makes the store a dialer's of a cluster.
  ///
  /// - Parameter held: the numbers that are leased to it. The others are away.
  package func become(_ membership: Membership, marks: [ClusterMark: Int], held: [LeasedNumber]) throws(StoreError) {
    try write { transaction in
      try transaction.keep(membership)
      for (mark, value) in marks { try transaction.keep(mark, value) }
      try transaction.setLeases(to: 0)
      for number in held { try transaction.setLease(of: number.e164, to: number.fence) }
    }
    try finishResorting()
  }

  /// Makes the store a single machine's again.
  ///
  /// - Parameter hasNumbers: whether it may use the numbers that it has; otherwise they are the cluster's.
  package func leaveCluster(hasNumbers: Bool) throws(StoreError) {
    try write { transaction in
      try transaction.forgetCluster()
      try transaction.setLeases(to: hasNumbers ? nil : 0)
    }
    try finishResorting()
  }
}

extension Transaction {
  /// Lets the next request have an ID after one that the cluster knows already, in a store that is older than that.
  package func skipRequests(upTo id: Int) throws {
    guard try id >= endOfLog() else { return }
    try database.run(
      "INSERT INTO request (id, at, status, reason, reserved_until) VALUES (?, ?, ?, ?, 0)", id, now,
      Status.storeError.rawValue, "the store was restored; what its dialer did after the backup is in the cluster only")
  }
}

extension Snapshot {
  /// Whether calls may use a number at once of which this is counted.
  package func isEligible(_ e164: String, with state: NumberState) throws -> Bool {
    guard var number = try number(PhoneNumber(e164: e164, written: "")) else { return false }
    number.lease = nil
    number.reservations = []
    (number.today, number.thisHour) = (state.today, state.thisHour)
    (number.restingUntil, number.restReason) = (state.restingUntil, state.restReason)
    return number.sleep(at: moment) == nil
  }

  /// An entry of the audit.
  package func auditEntry(_ id: Int) throws -> AuditEntry? {
    try database.first("SELECT id, at, who, what FROM audit WHERE id = ?", id) { AuditEntry($0) }
  }

  /// The campaigns that have limits of their own, which the dialers share.
  package func limitedCampaigns() throws -> [Campaign] {
    let names: [String] = try database.all(
      """
      SELECT DISTINCT name FROM campaign JOIN setting ON campaign_id = campaign.id
      WHERE key IN ('daily_limit', 'hourly_limit') ORDER BY name
      """
    ) { $0[0] }
    return try names.compactMap { CallerText($0) }.map(campaign)
  }
}
