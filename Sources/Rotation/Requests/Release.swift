internal import SQLite

/// How a call ended, as the dialplan reports it at release.
package struct Outcome: Sendable {
  /// Asterisk's `DIALSTATUS`.
  package var dialStatus: CallerText?
  package var answeredSeconds: Int?
  /// Asterisk's `HANGUPCAUSE` (ITU-T Q.850).
  package var hangUpCause: Int?
  /// What the trunk's technology said (`HANGUPCAUSE(channel,tech)`), of several channels in a list.
  package var technologyCause: CallerText?

  package init() {}

  /// Whether the network blocked the call because of its caller-ID.
  package var isBlocked: Bool { technologyCause.map { NetworkBlock.isTold(by: $0.text) } ?? false }

  var isAnswered: Bool { dialStatus?.text == "ANSWER" }

  /// Whether nothing is said of how the call ended.
  var isEmpty: Bool { dialStatus == nil && answeredSeconds == nil && hangUpCause == nil && technologyCause == nil }
}

extension Store {
  /// Frees what the call holds, and keeps the outcome with its request; see `Transaction.release`.
  package func release(uniqueID: CallerText, outcome: Outcome? = nil) throws(StoreError) -> [PhoneNumber] {
    try write { try $0.release(uniqueID: uniqueID, outcome: outcome) }
  }

  /// Frees what a request holds whose number its call does not show; see `Transaction.giveBack`.
  package func giveBack(request: Int) throws(StoreError) {
    try write { try $0.giveBack(request: request) }
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
  /// Frees what the call holds, and keeps the outcome with its newest request.
  ///
  /// A call shows one number at a time: the outcome is that of the last one. It may also come after the release, but
  /// only once.
  ///
  /// - Parameter outcome: nil: an operator does it.
  /// - Returns: the numbers that were freed, none where the reservations had ended already.
  package func release(uniqueID: CallerText, outcome: Outcome? = nil) throws -> [PhoneNumber] {
    let granted = try database.all(
      "SELECT id, released_at IS NULL, dial_status IS NOT NULL FROM request WHERE uniqueid = ? AND status = 'OK'",
      uniqueID.text, body: GrantedRequest.init)
    let freed = try end(granted, outcome: outcome)
    if outcome == nil, !freed.isEmpty { try audit("release --uniqueid \(uniqueID.text)") }
    return freed
  }

  /// Frees what one request holds, and keeps the outcome with it.
  package func release(request: Int, outcome: Outcome) throws -> [PhoneNumber] {
    try end(
      database.all(
        "SELECT id, released_at IS NULL, dial_status IS NOT NULL FROM request WHERE id = ? AND status = 'OK'",
        request, body: GrantedRequest.init), outcome: outcome)
  }

  /// The number that a text means.
  ///
  /// - Throws: `refused` where it is none.
  package func phone(_ text: String) throws(StoreError) -> PhoneNumber {
    do throws(PhoneNumber.Invalid) {
      return try PhoneNumber(text, countryCode: settings.countryCode, codes: .any)
    } catch {
      throw .refused("\(text): \(error.reason)")
    }
  }

  /// Frees a number, whatever calls hold it, and keeps the outcome with its last request.
  ///
  /// - Throws: `refused` where the store does not have the number.
  package func release(number phone: PhoneNumber, outcome: Outcome) throws -> [PhoneNumber] {
    let number = try existing(phone)
    var requests = Set(number.reservations(at: now).map(\.request))
    if number.lastRequest > 0 { requests.insert(number.lastRequest) }
    let granted = try requests.flatMap {
      try database.all(
        """
        SELECT id, released_at IS NULL, dial_status IS NOT NULL FROM request
        WHERE id = ? AND number_id = ? AND status = 'OK'
        """, $0, number.id, body: GrantedRequest.init)
    }
    return try end(granted, outcome: outcome)
  }

  /// Whether a request of this call got a number.
  package func knows(uniqueID: CallerText) throws -> Bool {
    try database.value("SELECT 1 FROM request WHERE uniqueid = ? AND status = 'OK'", uniqueID.text, as: Int.self) != nil
  }

  /// How many requests are looked through for a destination.
  private static let mostLookedThrough = 10_000

  /// Frees what the newest request for a destination holds, and keeps the outcome with it: for those who cannot say which
  /// call it was.
  ///
  /// - Parameter campaign: nil: of any campaign.
  package func release(destination: String, campaign: CallerText?, outcome: Outcome) throws -> [PhoneNumber] {
    guard let text = CallerText(destination)?.text else { return [] }
    let id = try campaign.map { try self.campaign($0).id }
    // What is sent here may be any text, not only digits.
    let ending = String(String.UnicodeScalarView(text.unicodeScalars.suffix(10)))
    let request: Int? = try database.value(
      """
      SELECT max(id) FROM request
      WHERE id > (SELECT max(id) FROM request) - ?1 AND status = 'OK'
        AND substr(destination, -length(?2)) = ?2 AND (?3 IS NULL OR campaign_id = ?3)
      """, Self.mostLookedThrough, ending, id)
    return try request.map { try release(request: $0, outcome: outcome) } ?? []
  }

  /// A request that got a number.
  private struct GrantedRequest {
    let id: Int
    let isOpen: Bool
    let hasOutcome: Bool

    init(_ row: borrowing Row) { (id, isOpen, hasOutcome) = (row[0], row[1], row[2]) }
  }

  private func end(_ granted: [GrantedRequest], outcome: Outcome?) throws -> [PhoneNumber] {
    guard let last = granted.max(by: { $0.id < $1.id }) else { return [] }
    let told = last.hasOutcome ? nil : outcome.flatMap { $0.isEmpty ? nil : $0 }
    let freed = try granted.filter(\.isOpen).compactMap { try end($0.id, outcome: $0.id == last.id ? told : nil) }
    if let told, !last.isOpen { try add(told, to: last.id) }
    return freed
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws -> Bool { try end(request, outcome: nil) != nil }

  /// Frees what a request holds whose number its call does not show. What becomes of the call is none of this number's
  /// outcomes, so the call's releases do not find the request any more.
  package func giveBack(request: Int) throws {
    _ = try release(request: request)
    try database.run("UPDATE request SET uniqueid = NULL WHERE id = ?", request)
  }

  private func end(_ request: Int, outcome: Outcome?) throws -> PhoneNumber? {
    try database.run(
      """
      UPDATE request SET released_at = ?2, dial_status = ?3, answered_seconds = ?4, hangup_cause = ?5, hangup_tech = ?6,
        blocked = ?7
      WHERE id = ?1 AND released_at IS NULL
      """,
      request, now, outcome?.dialStatus?.text, outcome?.answeredSeconds, outcome?.hangUpCause,
      outcome?.technologyCause?.text, outcome?.isBlocked ?? false ? 1 : nil)
    try tellEnd(of: request)
    guard var number = try number(ofRequest: request) else { return nil }
    let isHeld = number.reservations(at: now).contains { $0.request == request }
    number.reservations.removeAll { $0.request == request }
    if let outcome, outcome.dialStatus != nil { try count(outcome, of: &number) }
    try moveToItsPlace(&number)
    return isHeld ? number.phone : nil
  }

  /// Keeps what comes after the release.
  private func add(_ outcome: Outcome, to request: Int) throws {
    try database.run(
      """
      UPDATE request SET dial_status = ?2, answered_seconds = coalesce(?3, answered_seconds),
        hangup_cause = coalesce(?4, hangup_cause), hangup_tech = coalesce(?5, hangup_tech), blocked = coalesce(?6, blocked)
      WHERE id = ?1
      """,
      request, outcome.dialStatus?.text, outcome.answeredSeconds, outcome.hangUpCause,
      outcome.technologyCause?.text, outcome.isBlocked ? 1 : nil)
    try tellEnd(of: request)
    guard outcome.dialStatus != nil, var number = try number(ofRequest: request) else { return }
    try count(outcome, of: &number)
    try moveToItsPlace(&number)
  }

  /// Notes for the engine that a request which it may have been told of is another one now.
  private func tellEnd(of request: Int) throws {
    guard isClustered, try request <= mark(.told) else { return }
    try tell(.ended, String(request))
  }

  /// Nil where it got none, or the number has been removed since.
  private func number(ofRequest id: Int) throws -> Number? {
    let number: Int?? = try database.value("SELECT number_id FROM request WHERE id = ?", id)
    return try number.flatMap(\.self).flatMap { try self.number(id: $0) }
  }
}
