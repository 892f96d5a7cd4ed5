import Testing

@testable import Rotation

/// The names that VICIdial gives calls, as its sources make them, and those that are nobody's but the caller's.
struct VICIdialCallNameTests {
  @Test(
    arguments: [
      // The dialler, an agent's call by hand, a call that came in (AST_VDauto_dial, vdc_db_query, agi-VDAD_ALL_inbound).
      ("V1124150058000001234", 8_000_001_234), ("V9021234560000001234", 1234), ("M1124150058000001234", 8_000_001_234),
      ("M9021234560000855319", 855_319), ("Y9021234560000000042", 42), ("Y112415005800000123", 5_800_000_123),
      // A call that was parked, in its accountcode and its name.
      ("J9021234560000001234", 1234),
      // The agent's own login, and the sound that is played to an agent: a conference, no lead.
      ("S09021234568600051", nil), ("S9021234568600051", nil), ("VH09021234568600051", nil),
      ("VH9021234568600051", nil),
      // An agent's third party and other calls (vicidial.php), today's form.
      ("DV943083W0000855319W", 855_319), ("DC943083W0000855319W", 855_319), ("DV526033W0000000007W", 7),
      // A call of an agent who has no lead: the end of the user's name stands in its place.
      ("DC943083W000000johnW", nil), ("DV943083W0000000000W", nil),
      // Those of older versions, of OSDial and of astguiclient.php.
      ("DVagcW1795526033john", nil), ("DCagcW1795526033john", nil), ("DOagcW1795526033john", nil),
      ("DVagcW17955260336666", nil), ("DCvdcW17955260331001", nil), ("DVagcW1795526033a-_b", nil),
      ("DC1", nil), ("DV12345", nil), ("DO6", nil), ("DC0000012345", nil), ("DV112415005800000123", 5_800_000_123),
      // Commands whose names a call may still carry.
      ("XBvdcW17955260336666", nil), ("HLagcW1795526033john", nil), ("R9021234568600051", nil),
      // One letter more than anybody knows of today.
      ("Q9021234560000001234", nil), ("ZZ902123456", nil),
    ] as [(String, Int?)])
  func isOne(name: String, leadID: Int?) throws {
    let code = try #require(VICIdialCallName(callerIDName: name))
    #expect(code.text == name)
    #expect(code.leadID == leadID)
  }

  /// `extension_appended_cidname` puts the agent's phone, user or campaign behind the name.
  @Test(arguments: [
    "M9021234560000001234 cc101", "V9021234560000001234 1001 SALES", "Y9021234560000001234 ",
    "M9021234560000001234 a phone of more than forty characters in all",
  ])
  func isOneWithThePhoneBehindIt(name: String) throws {
    let code = try #require(VICIdialCallName(callerIDName: name))
    #expect(code.text == String(name.prefix(20)))
    #expect(code.leadID == 1234)
  }

  @Test(arguments: [
    "", " ", "ACME", "Smith", "JOHN SMITH", "John Smith", "2145550100", "12145550100", "Vincent", "V123", "V12345",
    "DC", "DX12", "D", "VIP123456", "USA2145550100", "v9021234560000001234", "+12145550100", " V9021234560000001234",
    "AB12 3456", "ACME 2145550100", "AB123456 Smith", "DVagc1795526033john", "DVagcW", "DVagcwW1795526033",
    "agcW1795526033john", "DVxyzW1795526033john", "V90212345600000012.4", "V9021234560000001234é",
    "É9021234560000001234",
    "V" + String(repeating: "1", count: 60), "DV" + String(repeating: "1", count: 39),
  ])
  func isNone(name: String) { #expect(VICIdialCallName(callerIDName: name) == nil) }
}
