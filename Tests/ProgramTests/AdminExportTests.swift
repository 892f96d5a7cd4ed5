import Foundation
import TestSupport
import Testing

/// `export`, and the way back through `import`.
@Suite(.timeLimit(.minutes(2)))
struct AdminExportTests {
  static let header =
    "caller_id,carrier,area_code,daily_limit,hourly_limit,name,pool,state,max_concurrent,attestation,authorized_by,"
    + "verified_at,callback"

  /// Numbers of every form, in an order of their own.
  private func installation() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      #"""
      caller_id,carrier,area_code,daily_limit,hourly_limit,name,pool,state
      3125550101,Acme,312 773 IL,60,none,"Chicago, ""North""",sales,retired
      12145550101,"Bell;South",,0,,=HYPERLINK("http://x"),,disabled
      +442079460000,,,,,-2+3,uk,
      +4722334455,,,,,'=1,,
      4722334455,,,,,''@x,,
      +14155550101,,,100,20,'quoted',,
      2145550102,,,,,"日本語 é, 📞",+1+1,
      2145550103,,,,,-5,,
      2145550104,,,,,'+12145550101,,
      """#)
    return callerID
  }

  @Test func everyFieldIsWritten() async throws {
    let finished = try await installation().admin("export")
    #expect(finished.status == 0)
    #expect(finished.errors.isEmpty)
    #expect(
      finished.output == #"""
        caller_id,carrier,area_code,daily_limit,hourly_limit,name,pool,state,max_concurrent,attestation,authorized_by,verified_at,callback
        3125550101,Acme,312 773 IL,60,none,"Chicago, ""North""",sales,retired,,,,,
        12145550101,"Bell;South",214,0,,"'=HYPERLINK(""http://x"")",default,disabled,,,,,
        442079460000,,20,,,'-2+3,uk,enabled,,,,,
        +4722334455,,,,,'=1,default,enabled,,,,,
        4722334455,,472,,,''@x,default,enabled,,,,,
        14155550101,,415,100,20,'quoted',default,enabled,,,,,
        2145550102,,214,,,"日本語 é, 📞",'+1+1,enabled,,,,,
        2145550103,,214,,,-5,default,enabled,,,,,
        2145550104,,214,,,+12145550101,default,enabled,,,,,

        """#)
  }

  @Test func whatIsExportedComesBackAsItWas() async throws {
    let callerID = try await installation()
    let exported = try await callerID.admin("export", "--csv").output
    let before = try callerID.dump()
    #expect(try await callerID.importCSV(exported).lines.first == "0 added, 0 updated, 9 unchanged, 0 rejected")
    #expect(try callerID.dump() == before)

    let other = try await Installation()
    #expect(try await other.importCSV(exported).lines.first == "9 added, 0 updated, 0 unchanged, 0 rejected")
    #expect(try await other.admin("export").output == exported)
    #expect(try await other.admin("list", "--json").output == callerID.admin("list", "--json").output)
    #expect(try other.sql("SELECT count(*) FROM lane") == callerID.sql("SELECT count(*) FROM lane"))
  }

  @Test func usageIsNoPartOfIt() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let exported = try await callerID.admin("export").output
    _ = try await callerID.admin("next", "--to", "12145551212", "--reserve")
    #expect(try await callerID.admin("export").output == exported)
    // What is imported again leaves usage and reservation alone.
    let before = try callerID.dump()
    #expect(try await callerID.importCSV(exported).output.contains("1 unchanged"))
    #expect(try callerID.dump() == before)
    _ = try await callerID.importCSV("caller_id,area_code\n2145550101,469\n")
    #expect(try await callerID.rows("reservations").count == 1)
    #expect(try callerID.sql("SELECT used_today FROM number") == 1)
  }

  @Test func onePoolAlone() async throws {
    let callerID = try await installation()
    #expect(
      try await callerID.admin("export", "--pool", "SALES").lines.map { $0.prefix(10) } == ["caller_id,", "3125550101"])
    try await callerID.expectRefusal(
      of: ["export", "--pool", "nowhere"], saying: "no number is in the pool \"nowhere\"")
    #expect(try await Installation().admin("export").output == Self.header + "\n")
  }
}
