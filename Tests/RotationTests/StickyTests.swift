import Rotation
import Testing

struct StickyTests {
  @Test(arguments: [
    ("1", ["12145551212", "2145551212", "+1 214 555 1212", "812145551212"]),
    ("44", ["02079460123", "+44 20 7946 0123", "00442079460123", "442079460123"]),
    ("44", ["0012145551212", "00 1 (214) 555-1212"]),
  ])
  func aDestinationGetsItsNumberAgainHoweverItIsDialled(countryCode: String, dialStrings: [String]) throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102", "2145550103", "2145550104", "2145550105")
    try test.store.set(.countryCode, to: countryCode)
    _ = try test.store.set([(.sticky, "destination")], of: try #require(CallerText("SALES")))
    for dialString in dialStrings { #expect(try test.pick(dialString, campaign: "SALES", ttl: 0) == "2145550101") }
    #expect(try test.pick("3125551212", campaign: "SALES", ttl: 0) == "2145550102")
  }
}
