import Foundation
import TestSupport
import Testing

/// `rest`, `wake`, and what `show` tells of them.
@Suite(.timeLimit(.minutes(2)))
struct AdminRestTests {
  private let numbers = ["2145550101", "2145550102", "3125550103"]

  private func seconds(_ value: Any?) throws -> Double {
    try Date(try #require(value as? String), strategy: .iso8601).timeIntervalSinceNow
  }

  @Test func numbersRestForATimeAndAreWoken() async throws {
    let callerID = try await Installation(numbers: numbers)
    let rested = try await callerID.admin("rest", numbers[0], numbers[1], "--for", "7d", "--reason", "flagged as spam")
    #expect(rested.lines.count == 2)
    #expect(rested.lines[0].hasPrefix("2145550101 rests until 20"))
    let shown = try await callerID.object("show", numbers[0])
    #expect(abs(try seconds(shown["resting_until"]) - 604_800) < 120)
    #expect(shown["rest_reason"] as? String == "flagged as spam")
    #expect(try await callerID.admin("show", numbers[0]).output.contains(": flagged as spam\n"))
    #expect(try await callerID.object("next", "--to", "12145551212")["caller_id"] as? String == numbers[2])
    #expect(
      try await callerID.admin("wake", numbers[0], numbers[1]).output
        == "2145550101 does not rest\n2145550102 does not rest\n")
    #expect(try await callerID.object("show", numbers[0])["resting_until"] is NSNull)
    #expect(try await callerID.object("next", "--to", "12145551212")["caller_id"] as? String == numbers[0])
  }

  @Test func untilIsADayInTheStoresZone() async throws {
    let callerID = try await Installation(numbers: numbers)
    _ = try await callerID.admin("config", "set", "timezone", "Asia/Kolkata")
    let day = Date(timeIntervalSinceNow: 10 * 86_400).formatted(.iso8601.year().month().day())
    #expect(
      try await callerID.admin("rest", numbers[0], "--until", day).output
        == "2145550101 rests until \(day) 00:00:00\n")
    let until = try #require(try await callerID.object("show", numbers[0])["resting_until"] as? String)
    #expect(until.hasSuffix("T18:30:00Z"))
    #expect(try await callerID.admin("rest", numbers[1], "--until", "tomorrow 15:00").output.hasSuffix(" 15:00:00\n"))
  }

  @Test func whatCannotBeDoneChangesNothing() async throws {
    let callerID = try await Installation(numbers: numbers)
    for (arguments, reason) in [
      ([numbers[0], "2145559999", "--for", "7d"], "2145559999 is not in the store"),
      ([numbers[0], "--for", "7w"], "a rest is as long as 30m, 12h or 7d"),
      ([numbers[0], "--for", "3651d"], "a rest is as long as 30m, 12h or 7d"),
      ([numbers[0], "--until", "2020-01-01"], "2020-01-01 has passed already. Give one of: tomorrow, 7d,"),
      ([numbers[0], "--until", "2999-01-01"], "more than 3650 days away"),
      ([numbers[0], "--for", "7d", "--reason", String(repeating: "x", count: 65)], "the reason is longer than 64"),
      (["abc", "--for", "7d"], "abc: not a phone number"),
      (["--from", "/no/such/file", "--for", "7d"], "cannot read /no/such/file: No such file"),
      (["--from", "/tmp", "--for", "7d"], "cannot read /tmp: Is a directory. Nothing was changed"),
    ] {
      try await callerID.expectRefusal(of: ["rest"] + arguments, saying: reason)
    }
    try await callerID.expectRefusal(of: ["wake", numbers[0], "2145559999"], saying: "2145559999 is not in the store")
    for arguments in [
      [numbers[0], "--until", "2026-02-30"], [numbers[0], "--until", "soon"], [numbers[0]], ["--for", "7d"],
      [numbers[0], "--for", "7d", "--until", "2030-01-01"], [],
    ] {
      #expect(try await callerID.admin(["rest"] + arguments).status == 64)
    }
    #expect(try await callerID.admin("rest", numbers[0], "--from", "-", "--for", "1d").status == 64)
  }

  @Test(arguments: [
    "caller_id\n2145550101\n+1 (312) 555-0103\n",
    "CallerText,Phone Number,Reason\nspam,2145550101,Hiya\nspam,3125550103,\n",
    "2145550101\n3125550103\n", "Flagged DIDs;since\n2145550101;x\n3125550103;y\n;\n",
    "\u{FEFF}number\r\n2145550101\r\n2145550101\r\n3125550103\r\n",
  ])
  func aFileOfNumbersIsRead(text: String) async throws {
    let callerID = try await Installation(numbers: numbers)
    let finished = try await callerID.admin("rest", "--from", "-", "--for", "7d", "--reason", "listed", input: text)
    #expect(finished.output.hasPrefix("2 numbers rest until "), "\(finished.errors)")
    let rows = try await callerID.rows("list")
    #expect(rows.map { $0["resting_until"] is NSNull } == [false, true, false])
    let reasons = [
      try await callerID.object("show", numbers[0])["rest_reason"] as? String,
      try await callerID.object("show", numbers[2])["rest_reason"] as? String,
    ]
    #expect(reasons == [text.contains("Hiya") ? "Hiya" : "listed", "listed"])
  }

  @Test func rowsOfNoUseAreListedAndTheOthersCount() async throws {
    let callerID = try await Installation(numbers: numbers)
    let finished = try await callerID.admin(
      "rest", "--from", "-", "--for", "7d", input: "number,reason\n2145550101,x\n12,y\n\n2145559999,z\n,w\n")
    #expect(finished.status == 0)
    #expect(
      finished.errors == """
        callerid-admin: line 3: "12": too short for a number of +1 (North America): 2 digits, and its numbers have 10
        callerid-admin: line 6: "": no number

        """)
    #expect(finished.lines.count == 3)
    #expect(finished.lines[0].hasPrefix("1 number rests until "))
    #expect(
      Array(finished.lines.dropFirst()) == [
        "1 number of the file not in the store", "2 rows without a number that can be read",
      ])
    let rows = try await callerID.rows("list")
    #expect(rows.map { $0["resting_until"] is NSNull } == [false, true, true])
    try await callerID.expectRefusal(
      of: ["rest", "--from", "-", "--for", "7d"], input: "number\n2145559998\n2145559999\n",
      saying: "none of its 2 numbers is in the store. Nothing was changed")
    for (text, reason) in [
      ("", "standard input, line 1: the file is empty. Nothing was changed"), ("number\n", "no numbers follow"),
      ("number\n\"2145550101\n", "a quote is opened here and never closed"),
    ] {
      try await callerID.expectRefusal(of: ["rest", "--from", "-", "--for", "7d"], input: text, saying: reason)
    }
  }

  @Test func showTellsOfWarmUpOwnershipAndReservations() async throws {
    let callerID = try await Installation(numbers: numbers)
    for (key, value) in [("warm_up_days", "10"), ("warm_up_start", "20")] {
      _ = try await callerID.admin("config", "set", key, value)
    }
    let changed = try await callerID.admin(
      "set", numbers[0], "--max-concurrent", "2", "--attestation", "A", "--authorized-by", "LOA 7", "--verified-at",
      "2026-01-31", "--callback", "yes", "--json")
    #expect(changed.status == 0)
    _ = try await callerID.admin("next", "--to", "12145551212", "--reserve")
    let object = try await callerID.object("show", numbers[0])
    #expect(object["warm_up_day"] as? Int == 1)
    #expect(object["daily_limit"] as? Int == 20)
    #expect(object["max_concurrent"] as? Int == 2)
    #expect((object["reservations"] as? [[String: Any]])?.map { Set($0.keys) } == [["reserved_at", "expires_at"]])
    #expect(object["attestation"] as? String == "A")
    #expect(object["authorized_by"] as? String == "LOA 7")
    #expect(object["verified_at"] as? String == "2026-01-31T00:00:00Z")
    #expect(object["callback"] as? Bool == true)
    let lines = try await callerID.admin("show", numbers[0]).lines
    for line in [
      "State           available", "Used today      1, limit 20 (the setting)",
      "Warm-up         day 1 of 10, limit today 20", "Attestation     A", "Authorized by   LOA 7",
      "Verified        2026-01-31", "Rings back      yes", "Rest            none",
    ] {
      #expect(lines.contains(line), "\(lines)")
    }
    #expect(lines.contains { $0.hasPrefix("Reserved        by 1 of 2 calls at once, until ") })
    _ = try await callerID.admin("retire", numbers[0])
    #expect(try await callerID.admin("show", numbers[0]).lines.contains("State           retired"))
    #expect(try await callerID.object("show", numbers[0])["state"] as? String == "retired")
  }
}
