internal import SQLite

/// What became of a call, as the dialplan reports it at release.
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
  /// Frees what the call holds, and closes its requests with the outcome.
  ///
  /// - Parameter outcome: nil: an operator does it.
  /// - Returns: the numbers that were freed, none where the reservations had ended already.
  package func release(uniqueID: CallerText, outcome: Outcome? = nil) throws(StoreError) -> [PhoneNumber] {
    try write {
      let requests: [Int] = try database.all(
        "SELECT id FROM request WHERE uniqueid = ? AND status = 'OK' AND released_at IS NULL", uniqueID.text
      ) { $0[0] }
      let freed = try requests.compactMap { try end($0, outcome: outcome) }
      if outcome == nil, !freed.isEmpty { try audit("release --uniqueid \(uniqueID.text)") }
      return freed
    }
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws(StoreError) -> Bool {
    try write { try end(request, outcome: nil) != nil }
  }

  /// Frees an operator's numbers, whatever calls hold them, and tells of each whether one did.
  package func release(numbers: [Number]) throws(StoreError) -> [Bool] {
    try write {
      let now = clock.now()
      let wereHeld = try numbers.map { number in
        let holds = try self.number(id: number.id)?.reservations(at: now) ?? []
        return try holds.map { try end($0.request, outcome: nil) != nil }.contains(true)
      }
      if wereHeld.contains(true) { try audit("release " + numbers.map(\.phone.written).joined(separator: " ")) }
      return wereHeld
    }
  }

  /// Frees every number that a call holds, for an operator, and tells how many.
  package func releaseAll() throws(StoreError) -> Int {
    try write {
      let holders: [String] = try database.all("SELECT holds FROM number WHERE holds <> ''") { $0[0] }
      let now = clock.now()
      var freed = 0
      for hold in holders.flatMap(Reservation.read) where hold.isHeld(at: now) {
        if try end(hold.request, outcome: nil) != nil { freed += 1 }
      }
      if freed > 0 { try audit("release --all") }
      return freed
    }
  }

  private func end(_ request: Int, outcome: Outcome?) throws -> PhoneNumber? {
    let moment = moment
    try database.run(
      """
      UPDATE request SET released_at = ?2, dial_status = ?3, answered_seconds = ?4, hangup_cause = ?5
      WHERE id = ?1 AND released_at IS NULL
      """,
      request, moment.now, outcome?.dialStatus?.text, outcome?.answeredSeconds, outcome?.hangUpCause)
    let id: Int?? = try database.value("SELECT number_id FROM request WHERE id = ?", request)
    guard let id = id.flatMap(\.self), var number = try number(id: id) else { return nil }
    let isHeld = number.reservations(at: moment.now).contains { $0.request == request }
    number.reservations.removeAll { $0.request == request }
    if let outcome, outcome.dialStatus != nil { try count(outcome, of: &number, at: moment) }
    try refile(&number, at: moment)
    return isHeld ? number.phone : nil
  }
}
