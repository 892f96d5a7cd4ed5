import Foundation
import Rotation
import SQLite
import TestSupport

/// A week that `callerid-week` has made, in a folder of its own.
final class MadeWeek: Sendable {
  private let folder: String
  let store: String
  let truth: Truth
  let calendar: Rotation.Calendar

  /// What the program says that there is to be found.
  struct Truth: Decodable {
    let blocked: [Blocked]
    let dryArea: DryArea
    let counts: Counts
    let zone: String

    struct Blocked: Decodable { let number, from: String }
    struct DryArea: Decodable { let areaCode: String }
    struct Counts: Decodable { let granted, refused, kept, released, unreleased: Int }
  }

  /// - Parameter end: nil: on the last Friday evening that is over, so that it has five whole weekdays.
  init(numbers: Int, calls: Int, seed: Int = 7, end: Date? = nil) async throws {
    folder = FileManager.default.temporaryDirectory.path + "/callerid-week-\(UUID().uuidString)"
    store = folder + "/callerid.db"
    // 1970-01-02 was a Friday.
    let yesterday = Int(Date().timeIntervalSince1970) / 86_400 - 1
    let friday = yesterday - (yesterday - 1) % 7
    let end = (end ?? Date(timeIntervalSince1970: Double(friday * 86_400 + 23 * 3600))).formatted(.iso8601)
    let made = try await run(
      Program.week.path,
      ["make", store, "--numbers", "\(numbers)", "--calls", "\(calls)", "--seed", "\(seed)", "--end", end])
    guard made.status == 0, let data = FileManager.default.contents(atPath: store + ".truth.json") else {
      throw Failure(made.errors)
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    truth = try decoder.decode(Truth.self, from: data)
    calendar = Rotation.Calendar(timeZone: truth.zone)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func admin(_ arguments: String...) async throws -> Any {
    try await run(Program.admin.path, ["--db", store] + arguments).json()
  }

  // MARK: By SQL, past the programs

  private func opened() throws -> Database {
    let database = try Database(path: store, mode: .readWrite)
    try database.keepLogOnClose()
    return database
  }

  func count(_ sql: StaticString) throws -> Int { try opened().value(sql) ?? 0 }

  func count(_ sql: StaticString, _ value: String) throws -> Int { try opened().value(sql, value) ?? 0 }

  /// What became of a number's calls before and from a moment on.
  struct NumberCalls {
    let callerID: String
    let before, answeredBefore, after, answeredAfter, blockedAfter: Int
  }

  func numbers(dividedAt moment: Int) throws -> [NumberCalls] {
    try opened().all(
      """
      SELECT n.written, count(*) FILTER (WHERE r.at < ?1),
        count(*) FILTER (WHERE r.at < ?1 AND r.dial_status = 'ANSWER'), count(*) FILTER (WHERE r.at >= ?1),
        count(*) FILTER (WHERE r.at >= ?1 AND r.dial_status = 'ANSWER'),
        count(*) FILTER (WHERE r.at >= ?1 AND r.blocked = 1)
      FROM request r JOIN number n ON n.id = r.number_id WHERE r.dial_status IS NOT NULL GROUP BY n.id
      """, moment
    ) {
      NumberCalls(
        callerID: $0[0], before: $0[1], answeredBefore: $0[2], after: $0[3], answeredAfter: $0[4], blockedAfter: $0[5])
    }
  }

  /// When calls to an area first got no number, on each day that had some: the day of the week from 0, which is Sunday, and
  /// the minute of the day.
  func firstRefusals(inArea area: String) throws -> [(weekday: Int, minute: Int)] {
    let moments: [Int] = try opened().all(
      """
      SELECT at FROM request WHERE status = 'NONE_AVAILABLE' AND substr(destination, -10, 3) = ? ORDER BY id
      """, area
    ) { $0[0] }
    var firsts: [Int: (weekday: Int, minute: Int)] = [:]
    for moment in moments {
      let local = calendar.local(moment)
      let day = CivilDate(year: local.year, month: local.month, day: local.day).days
      if firsts[day] == nil { firsts[day] = ((day + 4) % 7, local.hour * 60 + local.minute) }
    }
    return Array(firsts.values)
  }

  /// Every row that tells of a week.
  func rows() throws -> [String] {
    let database = try opened()
    var rows: [String] = []
    func add(_ sql: StaticString) throws { rows += try database.all(sql) { $0[0] as String } }
    try add("SELECT json_array(campaign_id, key, value) FROM setting ORDER BY campaign_id, key")
    try add("SELECT json_array(id, at, who, what) FROM audit ORDER BY id")
    try add(
      """
      SELECT json_array(id, at, status, reason, destination, area_code, campaign_id, agent_id, number_id, match,
        reserved_until, released_at, dial_status, hangup_cause, answered_seconds, uniqueid, call_code, hangup_tech, blocked)
      FROM request ORDER BY id
      """)
    try add(
      """
      SELECT json_array(id, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit, added_at,
        attestation, authorized_by, verified_at, callback, day, used_today, hour, used_this_hour, last_request,
        last_used_at, holds, resting_until, rest_reason, asleep_until)
      FROM number ORDER BY id
      """)
    try add("SELECT json_array(name, asleep_until, last_request, number_id) FROM lane ORDER BY name, number_id")
    try add("SELECT json_array(day, number_id, calls, answered, answered_seconds) FROM daily_usage ORDER BY 1")
    try add("SELECT json_array(name, day, used_today, hour, used_this_hour) FROM campaign ORDER BY name")
    try add("SELECT json_array(name, day, used_today, minute, used_this_minute) FROM agent ORDER BY name")
    try add("SELECT json_array(campaign_id, key, number_id, until) FROM sticky ORDER BY campaign_id, key")
    return rows
  }
}
