import TestSupport
import Testing

/// Text that begins with an accent: to Swift's characters the `=` or `,` before it is then another character.
@Suite(.timeLimit(.minutes(1)))
struct AccentTests {
  static let text = "\u{301}Sales"

  private func installation() async throws -> Installation {
    let callerID = try await Installation.patient(numbers: ["3125550101"])
    let imported = try await callerID.importCSV("caller_id,name,pool\n2145550101,\(Self.text),\(Self.text)\n")
    #expect(imported.output == "1 added, 0 updated, 0 unchanged, 0 rejected\n")
    return callerID
  }

  @Test func anImportKeepsIt() async throws {
    let number = try await installation().object("show", "2145550101")
    #expect(number["name"] as? String == Self.text)
    #expect(number["pool"] as? String == Self.text)
  }

  @Test func aCampaignIsGivenPoolsOfThatName() async throws {
    let callerID = try await installation()
    let set = try await callerID.admin("campaign", "set", "SALES", "pools=\(Self.text)")
    #expect(set.output == "pools is \(Self.text)\n", "\(set.errors)")
    #expect(try await callerID.admin("campaign", "set", "SALES", "pools=default,\(Self.text)").status == 0)
    #expect(try await callerID.object("campaign", "show", "SALES")["pools"] as? String == "default,\(Self.text)")
  }

  @Test func aCallMayAskForIt() async throws {
    let call = try await installation().agi(["S", "", "pool=\(Self.text)"])
    #expect(call.lines.contains("SET VARIABLE CALLERID(num) 2145550101"), "\(call.output)")
  }
}
