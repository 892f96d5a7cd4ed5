internal import SQLite

/// What became of a call, as the dialplan reports it at release.
package struct Outcome: Sendable {
  /// Asterisk's `DIALSTATUS`.
  package let dialStatus: Label?
  package let answeredSeconds: Int?

  package init(dialStatus: Label? = nil, answeredSeconds: Int? = nil) {
    self.dialStatus = dialStatus
    self.answeredSeconds = answeredSeconds
  }
}

extension Store {
  /// Frees what the call holds, and keeps its outcome.
  ///
  /// - Returns: the numbers that were freed, none where the reservations had ended already.
  package func release(uniqueID: Label, outcome: Outcome = Outcome()) throws(StoreError) -> [PhoneNumber] {
    try write {
      let requests: [Int] = try database.all(
        "SELECT id FROM request WHERE uniqueid = ? AND status = 'OK' AND released_at IS NULL", uniqueID.text
      ) { $0[0] }
      return try requests.compactMap { try end($0, outcome: outcome) }
    }
  }

  /// Frees what one request holds; false where it holds nothing any more.
  package func release(request: Int) throws(StoreError) -> Bool {
    try write { try end(request, outcome: Outcome()) != nil }
  }

  /// Frees a number, whatever call holds it; false where none does.
  package func release(number: Number) throws(StoreError) -> Bool {
    try write { try end(number.lastRequest, outcome: Outcome()) != nil }
  }

  /// Frees every number that a call holds, and tells how many.
  package func releaseAll() throws(StoreError) -> Int {
    try write {
      let now = clock.now()
      var freed = 0
      let holders: [Int] = try database.all(
        "SELECT last_request FROM number WHERE reserved_until > ?", now
      ) { $0[0] }
      for request in holders where try end(request, outcome: Outcome()) != nil { freed += 1 }
      return freed
    }
  }

  private func end(_ request: Int, outcome: Outcome) throws -> PhoneNumber? {
    let moment = Moment(now: clock.now(), settings: settings)
    try database.run(
      """
      UPDATE request SET released_at = ?2, dial_status = ?3, answered_seconds = ?4
      WHERE id = ?1 AND released_at IS NULL
      """,
      request, moment.now, outcome.dialStatus?.text, outcome.answeredSeconds)
    let holder: Number?? = try database.first(
      """
      SELECT * FROM number_in_full
      WHERE id = (SELECT number_id FROM request WHERE id = ?1) AND last_request = ?1 AND reserved_until > ?2
      """,
      request, moment.now
    ) { Number($0) }
    guard var number = holder.flatMap(\.self) else { return nil }
    number.reservedUntil = 0
    try refile(&number, at: moment)
    return number.phone
  }
}
