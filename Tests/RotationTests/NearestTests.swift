import Rotation
import Testing

struct NearestTests {
  private static let settings = ["busy_timeout_ms", "timezone", "match", "retention_days"]

  @Test(arguments: [
    ("busy_timout_ms", "busy_timeout_ms"), ("busy_timeuot_ms", "busy_timeout_ms"), ("Timezone", "timezone"),
    ("tiemzoen", "timezone"), ("mathc", "match"), ("retention_day", "retention_days"),
    ("retentiondayss", "retention_days"),
  ])
  func twoSlipsAtMostAreForgiven(name: String, meant: String) {
    #expect(name.nearest(among: Self.settings) == meant)
  }

  @Test(arguments: ["", "x", "ma", "mxxch", "rettndays", "timezones_of_all", "colour"])
  func whatIsFartherIsNobodysName(name: String) {
    #expect(name.nearest(among: Self.settings) == nil)
  }

  @Test func aSlipIsAllowedForEachThreeLetters() {
    #expect("ab".nearest(among: ["ac"]) == nil)
    #expect("abc".nearest(among: ["abd"]) == "abd")
    #expect("1002".nearest(among: ["1001"]) == nil)
    #expect("abcde".nearest(among: ["abxxe"]) == nil)
    #expect("abcdef".nearest(among: ["abxxef"]) == "abxxef")
  }

  @Test func lettersThatChangedPlacesAreOneSlip() {
    #expect("SALSE".nearest(among: ["SALES"]) == "SALES")
    #expect("ÄÖÜ".nearest(among: ["ÖÄÜ"]) == "ÖÄÜ")
  }

  @Test func theNearestIsTakenAndOfThoseTheFirstByName() {
    #expect("stats".nearest(among: ["stets", "start", "state"]) == "state")
    #expect("sales1".nearest(among: ["sales33", "sales2", "sales3"]) == "sales2")
    #expect("sales".nearest(among: ["sabes1", "SALES", "sale"]) == "SALES")
  }
}
