import Testing

@testable import Rotation

/// What dialplans and people write for a destination, and the number that is meant.
struct DialStringTests {
  @Test(arguments: [
    // North America.
    ("1", "2145551212", "12145551212"), ("1", "12145551212", "12145551212"), ("1", "912145551212", "12145551212"),
    ("1", "92145551212", "12145551212"), ("1", "12145551212@trunk", "12145551212"),
    ("1", "PJSIP/12145551212@trunk", "12145551212"), ("1", "SIP/trunk/12145551212", "12145551212"),
    ("1", "IAX2/user@host/12145551212", "12145551212"), ("1", "Local/12145551212@out/n", "12145551212"),
    ("1", "PJSIP/trunk/sip:12145551212@10.0.0.1:5060", "12145551212"),
    ("1", "sip:+12145551212@x.example;user=phone", "12145551212"), ("1", "tel:+1-214-555-1212", "12145551212"),
    ("1", "12145551212w1", "12145551212"), ("1", "12145551212ww1234#", "12145551212"),
    ("1", "12145551212#", "12145551212"),
    ("1", "*8212145551212", "12145551212"), ("1", "*6712145551212", "12145551212"),
    ("1", "1234567#12145551212", "12145551212"), ("1", "9,12145551212", "12145551212"),
    ("1", "SIP/a/12145551212&SIP/b/13125551212", "12145551212"), ("1", "7771234567#2145551212", "12145551212"),
    ("1", "012145551212", "12145551212"), ("1", "99912145551212", "12145551212"), ("1", "214–555–1212", "12145551212"),
    // Calls abroad from there, with every prefix and with none.
    ("1", "442079460000", "442079460000"), ("1", "00442079460000", "442079460000"),
    ("1", "011442079460000", "442079460000"), ("1", "9011442079460000", "442079460000"),
    ("1", "9442079460000", "442079460000"), ("1", "+44 (0)20 7946 0000", "442079460000"),
    ("1", "9525512345678", "525512345678"), ("1", "4930123456", "4930123456"), ("1", "33142685300", "33142685300"),
    ("1", "5551212000", "none"),
    // A number in service there is meant behind 9, which dials an outside line, though India has it as well.
    ("1", "912145551212", "12145551212"), ("1", "97245551212", "17245551212"),
    // As it is dialled in other countries.
    ("44", "+44 (0)20 7946 0000", "442079460000"), ("44", "020 7946 0000", "442079460000"),
    ("44", "902079460000", "442079460000"), ("44", "14102079460000", "442079460000"),
    ("44", "0012145551212", "12145551212"), ("55", "0151155550199", "551155550199"),
    ("55", "1155550199", "551155550199"),
    ("52", "0445555550199", "525555550199"), ("52", "015555550199", "525555550199"),
    ("52", "5215555550199", "525555550199"), ("7", "84955550199", "74955550199"),
    ("7", "810442079460000", "442079460000"),
    ("39", "0655550199", "390655550199"), ("61", "001161255500199", "61255500199"), ("61", "0255500199", "61255500199"),
    ("36", "0615550199", "3615550199"), ("54", "01115 5555-0199", "5491155550199"), ("49", "030 123456", "4930123456"),
  ])
  func isReadAsTheNumberThatIsMeant(home: String, text: String, expected: String) throws {
    let number = Destination(text, countryCode: home)?.number
    #expect(number.map { $0.callingCode + $0.national } ?? "none" == expected)
  }

  @Test(arguments: [
    "911", "112", "*82911", "s", "h", "i", "t", "anonymous", "PJSIP/trunk", "0800", "sip:alice@x.example",
  ])
  func whatIsNoNumberIsNone(text: String) { #expect(Destination(text) == nil) }

  @Test func itIsToldHowItWasRead() throws {
    #expect(try #require(Destination("442079460000")).reading == .countryCode)
    #expect(try #require(Destination("9442079460000")).reading == .behind(prefix: "9", .countryCode))
    #expect(try #require(Destination("7772145551212")).reading == .behind(prefix: "777", .national))
    #expect(try #require(Destination("9995551212")).reading == .form)
    #expect(try #require(Destination("1115551212")).reading == .unknown)
  }

  @Test func aSettingCanSayWhatIsDialledBeforeACountryCode() throws {
    let destination = try #require(Destination("8888442079460000", internationalPrefix: "8888"))
    #expect(destination.number?.callingCode == "44")
    #expect(destination.reading == .international)
  }

  @Test func aPersonIsNotCalledFromTheirOwnNumberWhileAnotherIsFree() throws {
    let test = try TestStore()
    try test.add("2145550101", "3125550101")
    #expect(try test.pick("12145550101") == "3125550101")
    #expect(try test.pick("12145550101") == "2145550101")
  }

  @Test(arguments: [
    ("SIP 603 Network Blocked", true), ("SIP 603 Decline", false), ("SIP 486 Busy Here, SIP 603 network blocked", true),
    ("SIP 607 Unwanted", true), ("SIP 608 Rejected", true), ("SIP 200 OK", false), ("", false), ("607", false),
  ])
  func aBlockIsTold(text: String, isBlock: Bool) { #expect(NetworkBlock.isTold(by: text) == isBlock) }
}
