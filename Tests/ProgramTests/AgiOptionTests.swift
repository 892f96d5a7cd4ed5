import Rotation
import TestSupport
import Testing

/// Options of callerid-agi beyond a plain pick, on the built program.
@Suite(.timeLimit(.minutes(2)))
struct AgiOptionTests {
  private func call(showing callerID: String) -> AsteriskCall {
    var call = AsteriskCall()
    call.callerID = callerID
    return call
  }

  private func latest(_ callerID: Installation) async throws -> [String: Any] {
    try #require(try await callerID.rows("requests", "--last", "1").first)
  }

  // MARK: respect-existing

  @Test(arguments: ["respect-existing", "respect-existing=yes"])
  func aCallThatShowsOneOfOurNumbersKeepsIt(option: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101", "2145550102"])
    for shown in ["2145550102", "12145550102", "+12145550102"] {
      let finished = try await callerID.agi(["S", "1001", option], call(showing: shown))
      #expect(
        finished.lines == [
          "SET VARIABLE CALLERID_STATUS KEPT",
          #"VERBOSE "Caller-ID kept: the call shows one of our numbers already" 1"#,
        ])
      #expect(finished.status == 0)
    }
    let request = try await latest(callerID)
    #expect(request["status"] as? String == "KEPT")
    #expect(request["reason"] as? String == "the call shows one of our numbers already")
    #expect(request["caller_id"] is String == false)
    // Nothing was picked: nothing is held, and nobody's calls are counted.
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE last_request > 0 OR holds <> ''") == 0)
    #expect(try callerID.sql("SELECT sum(used_today) FROM campaign") == 0)
    #expect(try callerID.sql("SELECT sum(used_today) FROM agent") == 0)
  }

  @Test(arguments: [[], ["respect-existing=no"], ["respect-existing="]])
  func unlessAskedToRespectItACallIsGivenANumber(options: [String]) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101", "2145550102"])
    let finished = try await callerID.agi(["S", ""] + options, call(showing: "2145550102"))
    #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
  }

  @Test func aCallThatShowsAnotherThanItsCampaignsCallerIDKeepsIt() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure("S", [(.callerID, "8005550100")])
    let chosen = try await callerID.agi(["S", "", "respect-existing"], call(showing: "9725550199"))
    #expect(chosen.lines.first == "SET VARIABLE CALLERID_STATUS KEPT")
    #expect(chosen.lines.last?.contains("another caller-ID than the campaign's") == true)
    for own in ["8005550100", "18005550100", "unknown", "anonymous", ""] {
      let finished = try await callerID.agi(["S", "", "respect-existing", "ttl=0"], call(showing: own))
      #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 2145550101"), "\(own)")
    }
    // A campaign whose own caller-ID nobody knows keeps only what is ours.
    let other = try await callerID.agi(["T", "", "respect-existing", "ttl=0"], call(showing: "9725550199"))
    #expect(other.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
  }

  @Test func aCampaignMayRespectWhatIsThereWithoutTheOption() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure("S", [(.respectExisting, "yes")])
    #expect(
      try await callerID.agi(["S"], call(showing: "2145550101")).lines.first == "SET VARIABLE CALLERID_STATUS KEPT")
    #expect(
      try await callerID.agi(["T"], call(showing: "2145550101")).lines.contains("SET VARIABLE CALLERID(num) 2145550101")
    )
  }

  // MARK: cause

  @Test(arguments: [("16", 16), ("0", 0), ("127", 127), ("", nil)])
  func theHangUpCauseIsKeptWithTheRequest(text: String, cause: Int?) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    #expect(try await callerID.agi(["S"]).status == 0)
    // As the h extension of a call that nobody answered has it.
    let release = try await callerID.agi(["", "", "action=release", "status=BUSY", "answered=", "cause=\(text)"])
    #expect(release.status == 0)
    let request = try await latest(callerID)
    #expect(request["dial_status"] as? String == "BUSY")
    #expect(request["answered_seconds"] as? Int == nil)
    #expect(request["hangup_cause"] as? Int == cause)
    #expect(request["released_at"] is String)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  // MARK: db

  /// The operator's store is the one that Asterisk was started with, whatever gets into a dialplan's arguments.
  @Test func noDialplanNamesAnotherStoreThanTheOperatorHasChosen() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let other = try await Installation.patient(numbers: ["3125550101"])
    let refused = try await callerID.agi(["S", "", "db=\(other.store)"])
    #expect(
      refused.lines == [
        "SET VARIABLE CALLERID_STATUS BAD_REQUEST",
        #"VERBOSE "Caller-ID unchanged: BAD_REQUEST: db= names another store than CALLERID_DB, which Asterisk was started "#
          + #"with" 1"#,
      ])
    #expect(try await latest(callerID)["status"] as? String == "BAD_REQUEST")
    #expect(try other.sql("SELECT count(*) FROM request") == 0)
    // The same one may be named, and any where the operator has chosen none.
    let same = try await callerID.agi(["S", "", "ttl=0", "db=\(callerID.store)"])
    #expect(same.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
    let free = try await run(
      "/usr/bin/env", ["-u", "CALLERID_DB", Program.agi.path, "S", "", "ttl=0", "db=\(other.store)"],
      input: AsteriskCall().input)
    #expect(free.lines.contains("SET VARIABLE CALLERID(num) 3125550101"))
  }

  // MARK: What does not go together

  @Test(arguments: [
    (["S", "", "cause=16"], "cause= goes with action=release"),
    (["S", "", "answered=3"], "answered= goes with action=release"),
    (["S", "", "respect-existing=maybe"], "respect-existing= is yes or no, not maybe"),
    (["respect-existing"], "respect-existing stands where the campaign goes"),
    (["S", "respect-existing=yes"], "respect-existing=yes stands where the agent goes"),
    (["S", "", "respect-existing", "respect-existing=yes"], "respect-existing= is given twice"),
    (["S", "", "pool=a", "pool=a"], "pool= is given twice"),
    (["S", "", "to=12145551212", "status=ANSWER"], "status= goes with action=release"),
  ])
  func conflictingOptionsAreABadRequestAndTheReasonIsLogged(arguments: [String], reason: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    #expect(try await callerID.agi(["HOLDER"]).status == 0)
    let finished = try await callerID.agi(arguments)
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(finished.lines.last?.hasPrefix(#"VERBOSE "Caller-ID unchanged: BAD_REQUEST: \#(reason)"#) == true)
    #expect(finished.lines.count == 2)
    #expect(finished.status == 1)
    let request = try await latest(callerID)
    #expect(request["status"] as? String == "BAD_REQUEST")
    #expect((request["reason"] as? String)?.hasPrefix(reason) == true)
    // Neither was anything picked, nor what the call holds released.
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK' AND released_at IS NULL") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 1)
  }

  /// A number that stays held is worse than a cause that is not known.
  @Test(arguments: [
    (["", "", "action=release", "cause=128"], "cause= is a hang-up cause from 0 to 127, not 128"),
    (["", "", "action=release", "cause=-1"], "cause= is a hang-up cause"),
    (["", "", "action=release", "cause=busy"], "cause= is a hang-up cause"),
    (["", "", "action=release", "cause=16", "cause=17"], "cause= is given twice"),
    (["", "", "action=release", "to=12145551212"], "to= goes with a pick, not a release"),
    (["", "", "ttl=0", "action=release"], "ttl= goes with a pick, not a release"),
    (["", "", "pool=default", "action=release"], "pool= goes with a pick, not a release"),
    (["", "", "action=release", "respect-existing"], "respect-existing= goes with a pick, not a release"),
    (["", "", "name=keep", "status=BUSY", "action=release"], "name= goes with a pick, not a release"),
    (["", "", "action=release", "answered=12.7", "cause=487"], "cause= is a hang-up cause from 0 to 127, not 487"),
  ])
  func aReleaseFreesTheNumberWhateverElseItSays(arguments: [String], reason: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    #expect(try await callerID.agi(["HOLDER"]).status == 0)
    let finished = try await callerID.agi(arguments)
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS OK")
    #expect(
      finished.lines.last?.contains("Released Caller-ID: 2145550101; not used: \(reason)") == true, "\(finished.output)"
    )
    #expect(finished.status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test func optionsWithoutAValueAreNoOptions() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await callerID.agi(["S", "", "", "carrier=", "pool=", "status=", "cause=", "name=", "ttl=0"])
    #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
  }
}
