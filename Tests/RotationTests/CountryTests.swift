import Testing

@testable import Rotation

/// Stores with numbers of several countries.
struct CountryTests {
  /// - Returns: the number that a call gets, and how it matches.
  private func pick(_ test: TestStore, _ destination: String) throws -> String {
    guard case .granted(let grant) = try test.store.pick(Request(destination: destination)) else { return "none" }
    return "\(grant.number.phone.e164) \(grant.match.rawValue)"
  }

  @Test func aNumberOfTheDestinationsCountryGoesBeforeAnyOther() throws {
    let test = try TestStore()
    try test.add("2145550101", "+442079460001", "+441614960001", "+61255500102")
    #expect(try pick(test, "011442079460999") == "442079460001 area")
    #expect(try pick(test, "011441134960999") == "441614960001 country")
    #expect(try pick(test, "+61399990000") == "61255500102 country")
    // At home any number will do that is of no better use.
    #expect(try pick(test, "3125551212") == "12145550101 any")
    #expect(try pick(test, "3125551212") == "none")
  }

  @Test func otherCountriesComeLast() throws {
    let test = try TestStore()
    try test.add("+442079460001", "+61255500102", "3125550101", "2145550101")
    _ = try pick(test, "2145551212")
    #expect(try pick(test, "2145551212") == "13125550101 any")
    #expect(try pick(test, "2145551212") == "442079460001 any")
    #expect(try pick(test, "2145551212") == "61255500102 any")
  }

  @Test func thePolicyCanEndAtTheCountry() throws {
    let test = try TestStore()
    try test.store.set(.match, to: "country")
    try test.add("+442079460001", "2145550101")
    #expect(try pick(test, "3125551212") == "12145550101 country")
    #expect(try pick(test, "3125551212") == "none")
    #expect(try pick(test, "+33142685300") == "none")
    #expect(try pick(test, "+441134960999") == "442079460001 country")
  }

  @Test(arguments: [
    // The number itself with its country code, the country code alone, the area code, the area code with its trunk prefix.
    ("4420", "442079460999", "442079460001 area"), ("44", "441134960999", "442079460001 area"),
    ("20", "442079460999", "442079460001 area"), ("0161", "441614960999", "442079460001 area"),
    ("161", "442079460999", "442079460001 country"), ("+33", "+33142685300", "442079460001 area"),
  ])
  func areaCodesOfAnotherCountryAreRead(listed: String, destination: String, expected: String) throws {
    let test = try TestStore()
    try test.add("2145550101", "+442079460001 area_code=\(listed)")
    #expect(try pick(test, destination) == expected)
  }

  /// 212 is New York's area code, and the country code of Morocco.
  @Test func anAreaCodeIsNoCountryCode() throws {
    let test = try TestStore()
    try test.add("2125550101", "+212650123456", "2145550101")
    #expect(try pick(test, "2125551212") == "12125550101 area")
    #expect(try pick(test, "+212537123456") == "212650123456 country")
  }
}
