import Foundation
import TestSupport
import Testing

/// The built callerid-admin: what it prints, and how it ends.
@Suite(.timeLimit(.minutes(2)))
struct AdminTests {
  @Test func everyCommandHasHelpWithAnExample() async throws {
    var pending: [[String]] = [[]]
    var seen = 0
    while let command = pending.popLast() {
      let help = try await run(Program.admin.path, command + ["--help"])
      #expect(help.status == 0)
      seen += 1
      // Subcommands are the indented first words below a heading of subcommands.
      var isListing = false
      for line in help.output.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasSuffix("SUBCOMMANDS:") { isListing = true; continue }
        if line.isEmpty { isListing = false }
        if isListing, line.hasPrefix("  "), !line.hasPrefix("   "), let word = line.split(separator: " ").first {
          pending.append(command + [String(word)])
        }
      }
      if !command.isEmpty {
        #expect(help.output.contains("callerid-admin \(command.joined(separator: " "))"), "no example: \(command)")
      }
    }
    #expect(seen >= 21)
  }

  @Test func theStoreIsNamedBeforeOrAfterTheCommandOrByTheEnvironment() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let store = callerID.store
    for arguments in [["--db", store, "list"], ["list", "--db", store], ["--db", store, "config", "get", "match"]] {
      let finished = try await run(Program.admin.path, arguments, environment: ["CALLERID_DB": "/nonexistent"])
      #expect(finished.status == 0, "\(arguments): \(finished.errors)")
    }
    #expect(try await callerID.admin("list").status == 0)
  }

  @Test func aMissingStoreIsSaidAndNotMade() async throws {
    let path = "/tmp/callerid-\(UUID().uuidString)/callerid.db"
    for command in ["list", "stats", "requests", "reservations", "reset-usage", "config"] {
      let finished = try await run(Program.admin.path, ["--db", path, command])
      #expect(finished.status == 1)
      #expect(finished.output.isEmpty)
      #expect(finished.errors.contains("there is no store at \(path). Make one: callerid-admin --db \(path) init"))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func initMakesTheFolderAndLeavesAStoreAsItIs() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let again = try await callerID.admin("init")
    #expect(again.status == 0)
    #expect(again.output.contains("up to date"))
    #expect(try callerID.dump() == before)
  }

  @Test func theStoreIsNotWorldReadableWhateverTheUmask() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for umask in ["000", "022", "077"] {
      let path = "\(folder)/\(umask)/callerid.db"
      let made = try await run(
        "/bin/sh", ["-c", "umask \(umask); exec \"$0\" --db \"$1\" init", Program.admin.path, path])
      #expect(made.status == 0)
      for file in ["", "-lock", "-wal", "-shm"] {
        let mode = try FileManager.default.attributesOfItem(atPath: path + file)[.posixPermissions] as? Int
        #expect(mode == 0o660, "umask \(umask), \(file)")
      }
      let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(umask)")[.posixPermissions] as? Int
      #expect(mode == 0o770)
    }
  }

  @Test func initGivesTheStoreToItsOwner() async throws {
    try #require(getuid() == 0, "run as root: a store is to be given away")
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/callerid.db"
    let made = try await run(Program.admin.path, ["--db", path, "init", "--owner", "nobody:nogroup"])
    #expect(made.status == 0, "\(made.errors)")
    for file in [folder, path, path + "-lock", path + "-wal", path + "-shm"] {
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.ownerAccountName] as? String == "nobody")
    }
    let unknown = try await run(Program.admin.path, ["--db", folder + "/x/y.db", "init", "--owner", "nosuchuser"])
    #expect(unknown.status == 1)
    #expect(!FileManager.default.fileExists(atPath: folder + "/x"))
  }

  @Test func jsonKeysAreTheContracts() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier\n2145550101,Acme\n2145550102,\n")
    _ = try await callerID.agi(["SALES", "1001"])
    func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any])?.keys.map(\.self) ?? []) }
    func first(_ value: Any) -> Any? { (value as? [Any])?.first }

    let number: Set = [
      "caller_id", "name", "carrier", "area_code", "pool", "enabled", "daily_limit", "hourly_limit", "used_today",
      "used_this_hour", "last_used_at", "reserved_until", "resting_until",
    ]
    #expect(keys(first(try await callerID.json("list"))) == number)
    #expect(keys(try await callerID.json("show", "2145550101")) == number)
    #expect(
      keys(first(try await callerID.json("reservations"))) == [
        "caller_id", "campaign", "agent", "destination", "uniqueid", "reserved_at", "expires_at",
      ])
    #expect(
      keys(first(try await callerID.json("requests"))) == [
        "at", "destination", "campaign", "agent", "status", "caller_id", "match",
      ])
    let next: Set = ["status", "caller_id", "carrier", "area_code", "match", "pool", "reserved_until", "meta"]
    #expect(keys(try await callerID.json("next", "--to", "12145551212")) == next)
    #expect(keys(try await callerID.json("next", "--to", "abc")) == next)
    #expect(
      keys(try await callerID.json("stats")) == [
        "numbers", "available", "reserved", "at_limit", "resting", "disabled", "requests", "granted", "refused",
        "by_campaign", "by_agent", "by_number",
      ])
    let imported = try await callerID.admin("import", "-", "--json", input: "caller_id\n2145550103\nabc\n")
    #expect(keys(try imported.json()) == ["added", "updated", "unchanged", "rejected"])
    #expect(keys(first((try imported.json() as? [String: Any])?["rejected"] as Any)) == ["line", "value", "reason"])
  }

  @Test func timesAreISO8601InUTC() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "timezone", "Asia/Kolkata")
    _ = try await callerID.agi(["SALES"])
    let request = try #require((try await callerID.json("requests") as? [[String: Any]])?.first)
    let at = try #require(request["at"] as? String)
    let date = try #require(ISO8601DateFormatter().date(from: at))
    #expect(abs(date.timeIntervalSinceNow) < 120)
    #expect(at.hasSuffix("Z"))
  }

  @Test func nextTakesNothingUnlessItReserves() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    #expect(try await callerID.admin("next", "--to", "12145551212").output.hasPrefix("2145550101  serves"))
    #expect(try callerID.dump() == before)
    #expect(try await callerID.admin("next", "--to", "12145551212", "--reserve").status == 0)
    let refused = try await callerID.admin("next", "--to", "12145551212")
    #expect(refused.status == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("NONE_AVAILABLE"))
  }

  @Test func numbersAreAddedChangedAndTakenOutOfUse() async throws {
    let callerID = try await Installation()
    #expect(try await callerID.admin("add", "2145550101", "--carrier", "Acme", "--daily-limit", "5").status == 0)
    let twice = try await callerID.admin("add", "+1 214 555 0101")
    #expect(twice.status == 1)
    #expect(twice.errors.contains("in the store already"))
    #expect(try await callerID.admin("set", "12145550101", "--daily-limit", "", "--pool", "sales").status == 0)
    let shown = try #require(try await callerID.json("show", "2145550101") as? [String: Any])
    #expect(shown["daily_limit"] as? Int == 100)
    #expect(shown["pool"] as? String == "sales")
    #expect(shown["carrier"] as? String == "Acme")
    for (command, state) in [("disable", "disabled"), ("retire", "retired"), ("enable", "enabled")] {
      #expect(try await callerID.admin(command, "2145550101").output == "2145550101 is \(state)\n")
      let listed = try #require(try await callerID.json("list", "--state", state) as? [Any])
      #expect(listed.count == 1)
    }
    let unknown = try await callerID.admin("disable", "2145550101", "2145550999")
    #expect(unknown.status == 1)
    #expect(try #require(try await callerID.json("list", "--available") as? [Any]).count == 1)
  }

  @Test func aUsedNumberIsRemovedByForceOnly() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    _ = try await callerID.agi(["SALES"])
    let refused = try await callerID.admin("remove", "2145550102", "2145550101")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("retire"))
    #expect(try callerID.sql("SELECT count(*) FROM number") == 2)
    #expect(try await callerID.admin("remove", "2145550101", "--force").status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM lane WHERE number_id NOT IN (SELECT id FROM number)") == 0)
    _ = try await callerID.admin("add", "2145550103")
    let request = try #require((try await callerID.json("requests") as? [[String: Any]])?.first)
    #expect(request["caller_id"] is NSNull)
  }

  @Test func releaseFreesByNumberByCallOrAll() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102", "2145550103"])
    for index in 1...3 {
      var call = AsteriskCall()
      call.uniqueID = "1.\(index)"
      _ = try await callerID.agi(["SALES"], call)
    }
    #expect(try await callerID.admin("release", "2145550101").output == "2145550101 is free\n")
    #expect(try await callerID.admin("release", "2145550101").output == "2145550101 was not held\n")
    #expect(try await callerID.admin("release", "--uniqueid", "1.2").output == "2145550102 is free\n")
    #expect(try await callerID.admin("release", "--uniqueid", "1.2").status == 1)
    #expect(try await callerID.admin("release", "--all").output == "1 freed\n")
    #expect(try await callerID.admin("release").status == 64)
  }

  @Test func resetFreesNumbersAtALimitUnlessOnlyPastCountersAreCleared() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,daily_limit\n2145550101,1\n")
    _ = try await callerID.agi(["SALES", "", "ttl=0"])
    #expect(try await callerID.agi(["SALES", "", "ttl=0"]).status == 1)
    #expect(try await callerID.admin("reset-usage", "--daily", "--past").output.contains("usage of 0 numbers"))
    let before = try callerID.dump()
    #expect(try await callerID.admin("reset-usage", "--dry-run").output.contains("Would clear the usage of 1 numbers"))
    #expect(try callerID.dump() == before)
    #expect(try await callerID.agi(["SALES", "", "ttl=0"]).status == 1)
    #expect(try await callerID.admin("reset-usage", "--daily").status == 0)
    #expect(try await callerID.agi(["SALES", "", "ttl=0"]).status == 0)
  }

  @Test func settingsAreCheckedWhenTheyAreWritten() async throws {
    let callerID = try await Installation()
    let good = [
      ("default_daily_limit", "75"), ("default_daily_limit", "none"), ("default_hourly_limit", "0"),
      ("reservation_ttl", "0"), ("agent_calls_per_minute", "10"), ("match", "area"), ("present", "e164"),
      ("set_name", "keep"), ("strip_prefix", "9"), ("country_code", "44"), ("timezone", "America/Chicago"),
      ("day_starts_at", "06:30"), ("busy_timeout_ms", "500"), ("retention_days", "7"),
    ]
    for (key, value) in good {
      #expect(try await callerID.admin("config", "set", key, value).status == 0, "\(key)=\(value)")
      #expect(try await callerID.admin("config", "get", key).output == value + "\n")
      #expect(try await callerID.admin("config", "unset", key).status == 0)
    }
    let before = try callerID.dump()
    let bad = [
      ("default_daily_limit", "-1"), ("default_hourly_limit", "many"), ("reservation_ttl", "1.5"),
      ("agent_calls_per_minute", ""), ("match", "best"), ("present", "E164"), ("set_name", "loud"),
      ("strip_prefix", "9a"), ("country_code", "0"), ("timezone", "Moon/Base"), ("day_starts_at", "24:00"),
      ("busy_timeout_ms", "0"), ("retention_days", "0"), ("no_such_setting", "1"),
    ]
    for (key, value) in bad {
      let refused = try await callerID.admin("config", "set", key, "--", value)
      #expect(refused.status == 1, "\(key)=\(value)")
      #expect(refused.output.isEmpty)
      #expect(refused.errors.hasPrefix("callerid-admin: "))
    }
    #expect(try callerID.dump() == before)
  }

  @Test func nothingInTheStoreDrivesATerminalOrASpreadsheet() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,name,carrier\n2145550101,=HYPERLINK(\"\"x\"\"),\u{1B}[31mred\n")
    _ = try await callerID.agi(["\u{1B}]0;title\u{7}", "@SUM(1)"])
    for command in ["list", "requests", "reservations"] {
      for format in [[], ["--csv"], ["--json"]] {
        let finished = try await run(
          Program.admin.path, [command] + format, environment: ["CALLERID_DB": callerID.store])
        #expect(!finished.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        if format == ["--csv"] {
          #expect(!finished.output.split { ",\n".contains($0) }.contains { "=@".contains($0.first ?? " ") })
        }
      }
    }
  }
}
