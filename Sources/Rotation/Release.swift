internal import SQLite

/// What became of a call, as the dialplan reports it at release.
package struct Outcome: Sendable {
  /// Asterisk's `DIALSTATUS`.
  package var dialStatus: Label?
  package var answeredSeconds: Int?
  /// Asterisk's `HANGUPCAUSE` (ITU-T Q.850).
  package var hangUpCause: Int?

  package init() {}

  var isAnswered: Bool { dialStatus?.text == "ANSWER" }
}

extension Store {
  /// Frees what the call holds, and closes its requests with the outcome, where one is told.
  ///
  /// - Returns: the numbers that were freed, none where the reservations had ended already.
  package func release(uniqueID: Label, outcome: Outcome? = nil) throws(StoreError) -> [PhoneNumber] {
    try write {
      let requests: [Int] = try database.all(
        "SELECT id FROM request WHERE uniqueid = ? AND status = 'OK' AND released_at IS NULL", uniqueID.text
      ) { $0[0] }
      return try requests.compactMap { try end($0, outcome: outcome) }
    }
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws(StoreError) -> Bool {
    try write { try end(request, outcome: nil) != nil }
  }

  /// Frees a number, whatever calls hold it; false where none does.
  package func release(number: Number) throws(StoreError) -> Bool {
    try write {
      let now = clock.now()
      guard let number = try self.number(id: number.id) else { return false }
      return try number.holds(at: now).map { try end($0.request, outcome: nil) != nil }.contains(true)
    }
  }

  /// Frees every number that a call holds, and tells how many.
  package func releaseAll() throws(StoreError) -> Int {
    try write {
      let holders: [String] = try database.all("SELECT holds FROM number WHERE holds <> ''") { $0[0] }
      let now = clock.now()
      var freed = 0
      for hold in holders.flatMap(Hold.read) where hold.isHeld(at: now) {
        if try end(hold.request, outcome: nil) != nil { freed += 1 }
      }
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
    let isHeld = number.holds(at: moment.now).contains { $0.request == request }
    number.holds.removeAll { $0.request == request }
    if let outcome, outcome.dialStatus != nil { try count(outcome, of: &number, at: moment) }
    try refile(&number, at: moment)
    return isHeld ? number.phone : nil
  }
}
