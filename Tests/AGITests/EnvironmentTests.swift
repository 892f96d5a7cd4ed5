import AGI
import Testing

struct EnvironmentTests {
  private func read(_ lines: String...) -> Environment {
    var environment = Environment()
    for line in lines { environment.read(line: Array(line.utf8)[...]) }
    return environment
  }

  @Test func readsWhatAsteriskSends() {
    let environment = read(
      "agi_uniqueid: 1790000000.42", "agi_extension: 12145551212", "agi_callerid: 8005550100",
      "agi_calleridname: V1124150058000001234", "agi_dnid: unknown", "agi_accountcode: ", "")
    #expect(environment.isComplete)
    #expect(environment.uniqueID == "1790000000.42")
    #expect(environment.extension == "12145551212")
    #expect(environment.callerID == "8005550100")
    #expect(environment.callerIDName == "V1124150058000001234")
    #expect(environment.dialledNumber == nil)
    #expect(environment["agi_accountcode"] == nil)
    #expect(environment["agi_nothing"] == nil)
  }

  @Test(arguments: [
    ("agi_extension:12145551212", "12145551212"), ("agi_extension:  x", " x"), ("agi_extension: a: b", "a: b"),
    ("agi_extension: 日本", "日本"), ("agi_extension", nil), ("agi_extension:", nil), (" agi_extension: x", nil),
    (": x", nil),
  ])
  func toleratesOddLines(line: String, value: String?) {
    #expect(read(line).extension == value)
  }

  @Test func theFirstOfRepeatedVariablesStands() {
    #expect(read("agi_extension: 1", "agi_extension: 2").extension == "1")
  }

  @Test func linesAfterTheBlankOneAreNotRead() {
    #expect(read("", "agi_extension: 1").extension == nil)
  }

  @Test func invalidUTF8IsRepaired() {
    var environment = Environment()
    environment.read(line: (Array("agi_extension: a".utf8) + [0xFF, 0xFE])[...])
    #expect(environment.extension == "a\u{FFFD}\u{FFFD}")
  }

  @Test func keepsABoundedNumberOfVariables() {
    var environment = Environment()
    for index in 0..<1000 { environment.read(line: Array("v\(index): x".utf8)[...]) }
    #expect(environment["v255"] == "x")
    #expect(environment["v256"] == nil)
    environment.read(line: [])
    #expect(environment.isComplete)
  }

  @Test func theArgumentsAreThoseThatFollowEachOther() {
    #expect(read("agi_request: x").arguments.isEmpty)
    let environment = read("agi_arg_2: ", "agi_arg_1: SALES", "agi_arg_3: to=1", "agi_arg_5: none", "agi_arg_10: x")
    #expect(environment.arguments == ["SALES", "", "to=1"])
  }
}
