internal import SQLite

/// How a call ended, as the dialplan reports it at release.
package struct Outcome: Sendable {
  /// Asterisk's `DIALSTATUS`.
  package var dialStatus: CallerText?
  package var answeredSeconds: Int?
  /// Asterisk's `HANGUPCAUSE` (ITU-T Q.850).
  package var hangUpCause: Int?

  package init() {}

  var isAnswered: Bool { dialStatus?.text == "ANSWER" }
}

extension Store {
  /// Frees what the call holds, and closes its requests with the outcome; see `Transaction.release`.
  package func release(uniqueID: CallerText, outcome: Outcome? = nil) throws(StoreError) -> [PhoneNumber] {
    try write { try $0.release(uniqueID: uniqueID, outcome: outcome) }
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws(StoreError) -> Bool {
    try write { try $0.release(request: request) }
  }

  /// Frees an operator's numbers, whatever calls hold them, and tells of each whether one did.
  package func release(numbers: [Number]) throws(StoreError) -> [Bool] {
    var wereHeld: [Bool] = []
    try inBatches(numbers) { transaction, number in
      let reservations = try transaction.number(id: number.id)?.reservations(at: transaction.now) ?? []
      wereHeld.append(try reservations.map { try transaction.release(request: $0.request) }.contains(true))
    }
    if wereHeld.contains(true) { try note("release " + numbers.map(\.phone.written).joined(separator: " ")) }
    return wereHeld
  }

  /// Frees every number that a call holds, for an operator, and tells how many.
  package func releaseAll() throws(StoreError) -> Int {
    let held: [String] = try read { try $0.database.all("SELECT holds FROM number WHERE holds <> ''") { $0[0] } }
    var freed = 0
    try inBatches(held.flatMap(Reservation.read)) { transaction, reservation in
      guard reservation.isHeld(at: transaction.now) else { return }
      if try transaction.release(request: reservation.request) { freed += 1 }
    }
    if freed > 0 { try note("release --all") }
    return freed
  }
}

extension Transaction {
  /// Frees what the call holds, and closes its requests with the outcome.
  ///
  /// - Parameter outcome: nil: an operator does it.
  /// - Returns: the numbers that were freed, none where the reservations had ended already.
  package func release(uniqueID: CallerText, outcome: Outcome? = nil) throws -> [PhoneNumber] {
    let requests: [Int] = try database.all(
      "SELECT id FROM request WHERE uniqueid = ? AND status = 'OK' AND released_at IS NULL", uniqueID.text
    ) { $0[0] }
    let freed = try requests.compactMap { try end($0, outcome: outcome) }
    if outcome == nil, !freed.isEmpty { try audit("release --uniqueid \(uniqueID.text)") }
    return freed
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws -> Bool { try end(request, outcome: nil) != nil }

  private func end(_ request: Int, outcome: Outcome?) throws -> PhoneNumber? {
    try database.run(
      """
      UPDATE request SET released_at = ?2, dial_status = ?3, answered_seconds = ?4, hangup_cause = ?5
      WHERE id = ?1 AND released_at IS NULL
      """,
      request, now, outcome?.dialStatus?.text, outcome?.answeredSeconds, outcome?.hangUpCause)
    let id: Int?? = try database.value("SELECT number_id FROM request WHERE id = ?", request)
    guard let id = id.flatMap(\.self), var number = try number(id: id) else { return nil }
    let isHeld = number.reservations(at: now).contains { $0.request == request }
    number.reservations.removeAll { $0.request == request }
    if let outcome, outcome.dialStatus != nil { try count(outcome, of: &number) }
    try moveToItsPlace(&number)
    return isHeld ? number.phone : nil
  }
}
