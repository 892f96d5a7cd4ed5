import TestSupport
import Testing

/// Names are never cut: what two of them begin with would stand for both.
@Suite(.timeLimit(.minutes(2)))
struct AgiNameLengthTests {
  private let stem = String(repeating: "é", count: 63)

  private func call(_ uniqueID: String) -> AsteriskCall {
    var call = AsteriskCall()
    call.uniqueID = uniqueID
    return call
  }

  /// A system's name may make them this long; Asterisk allows 150 characters.
  @Test func callsWhoseUniqueidsBeginAlikeAreReleasedOneByOne() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101", "2145550102", "2145550103"])
    let stem = String(repeating: "s", count: 139)
    for call in 1...3 { #expect(try await callerID.agi(["S"], self.call("\(stem)-179000000\(call)")).status == 0) }
    let release = try await callerID.agi(["", "", "action=release"], self.call("\(stem)-1790000002"))
    #expect(release.lines.last == #"VERBOSE "Released Caller-ID: 2145550102" 1"#)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 2)
    // The operator releases by it, too.
    let freed = try await callerID.admin("release", "--uniqueid", "\(stem)-1790000003")
    #expect(freed.output == "2145550103 is released\n")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 1)
  }

  @Test(arguments: [[], ["action=release", "status=ANSWER"]])
  func aUniqueidThatIsTooLongIsRefused(options: [String]) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await callerID.agi(["S", ""] + options, call(String(repeating: "1", count: 151)))
    #expect(
      finished.lines == [
        "SET VARIABLE CALLERID_STATUS BAD_REQUEST",
        #"VERBOSE "Caller-ID unchanged: BAD_REQUEST: the call's uniqueid is longer than 150 characters" 1"#,
      ])
    #expect(finished.status == 1)
    let request = try #require(try await callerID.rows("requests").first)
    #expect(request["status"] as? String == "BAD_REQUEST")
    #expect(request["reason"] as? String == "the call's uniqueid is longer than 150 characters")
    #expect(request["uniqueid"] is String == false)
  }

  @Test func namesOfSixtyFourCharactersAreToldApart() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    for last in ["1", "2"] { #expect(try await callerID.agi([stem + last, stem + last, "ttl=0"]).status == 0) }
    #expect(try callerID.sql("SELECT count(*) FROM campaign") == 2)
    #expect(try callerID.sql("SELECT count(*) FROM agent") == 2)
  }

  @Test(arguments: ["campaign", "agent"])
  func aNameThatIsTooLongIsRefused(place: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let arguments = place == "campaign" ? [stem + "12", "1001"] : ["SALES", stem + "12"]
    let finished = try await callerID.agi(arguments)
    let reason = "the \(place)'s name is longer than 64 characters"
    #expect(
      finished.lines == [
        "SET VARIABLE CALLERID_STATUS BAD_REQUEST", #"VERBOSE "Caller-ID unchanged: BAD_REQUEST: \#(reason)" 1"#,
      ])
    #expect(finished.status == 1)
    // What could be read stands in the log.
    let request = try #require(try await callerID.rows("requests").first)
    #expect(request["reason"] as? String == reason)
    #expect(request[place] is String == false)
    #expect(request[place == "campaign" ? "agent" : "campaign"] is String)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE last_request > 0") == 0)
  }

  @Test func aCampaignOfTheChannelIsRefusedAsWell() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.replies = ["200 result=1 (\(stem)12)"] + call.replies
    let finished = try await callerID.agi([], call)
    #expect(finished.lines.contains("SET VARIABLE CALLERID_STATUS BAD_REQUEST"))
    #expect(finished.lines.last?.contains("the campaign's name is longer than 64 characters") == true)
  }

  /// It asks by the uniqueid alone.
  @Test func aReleaseDoesNotMindItsNames() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    #expect(try await callerID.agi(["S"]).status == 0)
    #expect(try await callerID.agi([stem + "12", stem + "12", "action=release"]).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test func theOperatorsNamesAreRefusedAsWell() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let long = stem + "12"
    for (arguments, what) in [
      (["campaign", "set", long, "sticky=agent"], "campaign's name"), (["campaign", "show", long], "campaign's name"),
      (["agent", "set", long, "--calls-per-minute", "5"], "agent's name"),
      (["next", "--to", "12145551212", "--campaign", long], "campaign's name"),
      (["next", "--to", "12145551212", "--agent", long, "--reserve"], "agent's name"),
      (["explain", "--to", "12145551212", "--agent", long], "agent's name"),
      (["release", "--uniqueid", String(repeating: "1", count: 151)], "call's uniqueid"),
    ] {
      let finished = try await run(Program.admin.path, ["--db", callerID.store] + arguments)
      #expect(finished.status == 1, "\(arguments)")
      #expect(finished.errors.contains("the \(what) is longer than"), "\(arguments): \(finished.errors)")
    }
    #expect(try callerID.sql("SELECT (SELECT count(*) FROM campaign) + (SELECT count(*) FROM agent)") == 0)
  }
}
