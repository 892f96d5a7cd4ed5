import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AdminConfigTests {
  /// Each key, its default, values that are taken and values that are refused.
  static let settings: [(key: String, default: String, good: [String], bad: [String])] = [
    ("default_daily_limit", "100", ["0", "75", "1000000", "none"], ["", "-1", "1000001", "ten", "1.5", " 5"]),
    ("default_hourly_limit", "20", ["0", "5", "1000000", "none"], ["", "-1", "1000001", "ten", "0x10"]),
    ("reservation_ttl", "120", ["0", "900", "86400"], ["", "-1", "86401", "none", "2m"]),
    ("agent_calls_per_minute", "60", ["0", "1", "none"], ["", "-1", "fast"]),
    ("match", "any", ["region", "area", "country", "any"], ["", "ANY", "near"]),
    ("present", "imported", ["imported", "national", "e164", "plus"], ["", "local"]),
    ("set_name", "auto", ["auto", "number", "name", "keep"], ["", "never"]),
    ("set_presentation", "allow", ["allow", "keep"], ["", "yes"]),
    ("strip_prefix", "", ["", "9", "901100"], ["9x", "1234567", "-1", "+1"]),
    ("country_code", "1", ["1", "44", "880"], ["", "0", "044", "1234", "+1", "us"]),
    ("international_prefix", "", ["", "011", "0011"], ["+", "1234567", "x"]),
    (
      "timezone", "", ["", "UTC", "America/Chicago"],
      ["Mars/Base", "/etc/passwd", "../passwd", "America", "EST5EDT,M3"]
    ),
    ("day_starts_at", "00:00", ["06:00", "23:59"], ["", "24:00", "6", "06:60", "06:00:00", "-1:00", "6am"]),
    ("busy_timeout_ms", "250", ["1", "10000"], ["", "0", "10001", "-5", "1s"]),
    ("retention_days", "30", ["1", "3650"], ["", "0", "3651", "all"]),
    ("max_concurrent", "1", ["0", "3", "100"], ["", "-1", "101", "none"]),
    ("warm_up_days", "0", ["14", "365"], ["", "-1", "366", "soon"]),
    ("warm_up_start", "10", ["1", "50"], ["", "0", "none"]),
    ("require_attestation", "none", ["A", "B", "C"], ["", "D", "full"]),
    ("require_authorization", "no", ["yes"], ["", "maybe"]),
    ("require_verification", "no", ["yes"], ["", "maybe"]),
    ("require_callback", "no", ["yes"], ["", "maybe"]),
    ("rest_below_answer_rate", "none", ["1", "99"], ["", "0", "100", "-5", "5%"]),
    ("rest_above_short_share", "none", ["1", "99"], ["", "0", "100", "half"]),
    ("rest_short_seconds", "6", ["1", "3600"], ["", "0", "3601"]),
    ("rest_after_calls", "50", ["1", "100000"], ["", "0", "100001"]),
    ("rest_after_blocks", "none", ["none", "1", "5"], ["", "0", "some"]),
    ("rest_days", "7", ["1", "365"], ["", "0", "366", "forever", "none"]),
    ("rest_pool_share", "20", ["1", "100"], ["", "0", "101"]),
  ]

  @Test func everySettingIsListedWithItsDefault() async throws {
    let callerID = try await Installation()
    let rows = try await callerID.rows("config")
    #expect(rows.map { Set($0.keys) } == Array(repeating: ["key", "value", "default"], count: Self.settings.count))
    #expect(rows.map { $0["key"] as? String } == Self.settings.map(\.key))
    #expect(rows.map { $0["default"] as? String } == Self.settings.map(\.default))
    #expect(rows.map { $0["value"] as? String } == Self.settings.map(\.default))
    #expect(try await callerID.admin("config", "--csv").lines.first == "key,value,default")
    #expect(try await callerID.admin("config").lines.count == Self.settings.count + 1)
  }

  @Test(arguments: settings.indices)
  func aValueIsCheckedWhenItIsWritten(index: Int) async throws {
    let (key, initial, good, bad) = Self.settings[index]
    let callerID = try await Installation()
    for value in good {
      let set = try await callerID.admin("config", "set", "--", key, value)
      #expect(set.status == 0)
      #expect(set.output == "\(key) is \(value)\n")
      #expect(try await callerID.admin("config", "get", key).output == value + "\n")
    }
    for value in bad { try await callerID.expectRefusal(of: ["config", "set", "--", key, value], saying: "") }
    #expect(try await callerID.admin("config", "unset", key).output == "\(key) is \(initial)\n")
    #expect(try await callerID.admin("config", "get", key).output == initial + "\n")
    #expect(try callerID.sql("SELECT count(*) FROM setting") == 0)
  }

  @Test func anUnknownKeyIsRefusedWithThoseThereAre() async throws {
    let callerID = try await Installation()
    for arguments in [["get", "daily_limit"], ["set", "daily_limit", "5"], ["unset", "daily_limit"]] {
      try await callerID.expectRefusal(
        of: ["config"] + arguments,
        saying: "there is no setting \"daily_limit\". The settings are: default_daily_limit, default_hourly_limit, ")
    }
  }

  @Test func aSettingHoldsFromTheNextCommandOn() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "default_daily_limit", "7")
    _ = try await callerID.admin("config", "set", "present", "plus")
    #expect(try await callerID.object("show", "2145550101")["daily_limit"] as? Int == 7)
    #expect(try await callerID.object("next", "--to", "12145551212")["caller_id"] as? String == "+12145550101")
    _ = try await callerID.admin("config", "set", "default_daily_limit", "0")
    #expect(try await callerID.object("next", "--to", "12145551212")["status"] as? String == "NONE_AVAILABLE")
  }
}
