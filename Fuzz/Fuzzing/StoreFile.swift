import Foundation
import Rotation
import SQLite

/// A small store with a call of everything in it, made anew for each input.
final class StoreFile {
  nonisolated(unsafe) static let shared = Result { try StoreFile() }

  /// 2026-03-02 15:00 UTC.
  static let now = 1_772_463_600

  let clock = Clock { StoreFile.now }
  let campaign: CallerText
  let uniqueID: CallerText
  let path: String
  private var template: Data

  var request: Request {
    var request = Request(destination: "12145551212")
    request.campaign = campaign
    request.agent = CallerText("1001")
    request.uniqueID = uniqueID
    return request
  }

  var outcome: Outcome {
    var outcome = Outcome()
    outcome.dialStatus = CallerText("ANSWER")
    outcome.answeredSeconds = 3
    return outcome
  }

  private init() throws {
    guard let campaign = CallerText("SALES"), let uniqueID = CallerText("1772463600.1") else {
      throw Broken(description: "a label")
    }
    self.campaign = campaign
    self.uniqueID = uniqueID
    path = FileManager.default.temporaryDirectory.path + "/callerid-fuzz-\(getpid())/callerid.db"
    template = Data()
    try fill()
    let database = try Database(path: path, mode: .readWrite)
    try database.execute(
      """
      INSERT INTO daily_usage (day, number_id, calls, answered, answered_seconds) VALUES (1772323200, 1, 9, 3, 200);
      PRAGMA wal_checkpoint(TRUNCATE)
      """)
    template = try Data(contentsOf: URL(fileURLWithPath: path))
    atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "/callerid-fuzz-\(getpid())") }
  }

  private func fill() throws {
    try? FileManager.default.removeItem(atPath: path)
    try Store.create(path: path, clock: clock)
    let store = try Store(path: path, clock: clock)
    try store.set(.timeZone, to: "UTC")
    try store.set(.restBelowAnswerRate, to: "10")
    try store.set(.warmUpDays, to: "30")
    for digits in ["2145550101", "9725550102", "3125550103"] {
      var fields = NumberFields()
      try fields.set(.carrier, to: "Acme")
      _ = try store.add(try PhoneNumber(digits), fields)
    }
    _ = try store.set([(.numberDailyLimit, "5"), (.sticky, "agent")], of: campaign)
    for _ in 0..<2 { _ = try store.pick(request) }
    _ = try store.release(uniqueID: uniqueID, outcome: outcome)
    _ = try store.pick(request)
  }

  /// Makes it as it was.
  func restore() throws {
    for file in ["-wal", "-shm", "-lock"] { unlink(path + file) }
    try template.write(to: URL(fileURLWithPath: path))
  }

  /// Puts a text into a column (`number holds`) of the store, into a setting (any other key), or for `lock file` into
  /// that. What a constraint refuses stays as it was.
  func put(_ text: String, into place: String) throws {
    if place == "lock file" { return try Data(text.utf8).write(to: URL(fileURLWithPath: path + "-lock")) }
    let database = try Database(path: path, mode: .readWrite)
    try database.keepLogOnClose()
    let words = place.split(separator: " ")
    if words.count == 2 {
      let start = "UPDATE \(words[0]) SET \(words[1]) "
      guard let sql = Self.columns.first(where: { $0.description.hasPrefix(start) }) else { return }
      try? database.run(sql, text)
    } else {
      // Of the store and of the campaign.
      try? database.run(
        "INSERT OR REPLACE INTO setting (campaign_id, key, value) SELECT id, ?1, ?2 FROM (SELECT 0 AS id UNION SELECT 1)",
        place, text)
    }
  }

  private static let columns: [StaticString] = [
    "UPDATE number SET holds = ? WHERE id = 1", "UPDATE number SET area_codes = ? WHERE id = 1",
    "UPDATE number SET used_today = ?", "UPDATE number SET used_this_hour = ?", "UPDATE number SET day = ?",
    "UPDATE number SET hour = ?", "UPDATE number SET daily_limit = ?", "UPDATE number SET hourly_limit = ?",
    "UPDATE number SET max_concurrent = ?", "UPDATE number SET added_at = ?", "UPDATE number SET last_request = ?",
    "UPDATE number SET last_used_at = ?", "UPDATE number SET resting_until = ? WHERE id = 2",
    "UPDATE number SET asleep_until = ? WHERE id = 1", "UPDATE number SET state = ? WHERE id = 3",
    "UPDATE number SET e164 = ? WHERE id = 1", "UPDATE number SET written = ?", "UPDATE number SET name = ?",
    "UPDATE number SET attestation = ?, authorized_by = ?1, callback = ?1", "UPDATE number SET verified_at = ?",
    "UPDATE number SET rest_reason = ?", "UPDATE number SET pool_id = ? WHERE id = 2",
    "UPDATE number SET carrier_id = ? WHERE id = 2", "UPDATE pool SET scopes = ?", "UPDATE pool SET numbers = ?",
    "UPDATE pool SET has_regions = ?", "UPDATE pool SET name = ?", "UPDATE carrier SET name = ?",
    "UPDATE campaign SET used_today = ?, used_this_hour = ?1", "UPDATE campaign SET day = ?, hour = ?1",
    "UPDATE campaign SET dial_prefix = ?", "UPDATE campaign SET name = ?",
    "UPDATE agent SET used_today = ?, used_this_hour = ?1, used_this_minute = ?1",
    "UPDATE agent SET day = ?, hour = ?1, minute = ?1", "UPDATE agent SET calls_per_minute = ?",
    "UPDATE agent SET name = ?", "UPDATE campaign_number SET used_today = ?, used_this_hour = ?1",
    "UPDATE campaign_number SET day = ?, hour = ?1", "UPDATE campaign_number SET asleep_until = ?",
    "UPDATE sticky SET key = ?", "UPDATE sticky SET number_id = ?", "UPDATE sticky SET until = ?",
    "UPDATE request SET at = ?", "UPDATE request SET status = ?", "UPDATE request SET reason = ?",
    "UPDATE request SET destination = ?", "UPDATE request SET area_code = ?", "UPDATE request SET campaign_id = ?",
    "UPDATE request SET agent_id = ?", "UPDATE request SET number_id = ?", "UPDATE request SET match = ?",
    "UPDATE request SET reserved_until = ?", "UPDATE request SET released_at = ?, dial_status = 'ANSWER'",
    "UPDATE request SET dial_status = ?", "UPDATE request SET answered_seconds = ?",
    "UPDATE request SET uniqueid = ?", "UPDATE request SET call_code = ?",
    "UPDATE outcome SET calls = ?, answered = ?1, short = ?1", "UPDATE outcome SET answered = ?",
    "UPDATE lane SET asleep_until = ? WHERE number_id = 1", "UPDATE lane SET last_request = ? WHERE number_id = 2",
    "UPDATE lane SET number_id = ? WHERE number_id = 3", "UPDATE lane SET name = ? WHERE number_id = 2",
    "UPDATE daily_usage SET day = ?", "UPDATE daily_usage SET calls = ?, answered = ?1, answered_seconds = ?1",
    "UPDATE audit SET what = ?, who = ?1, at = ?1",
  ]
}
