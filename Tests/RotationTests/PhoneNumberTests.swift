import Rotation
import Testing

struct PhoneNumberTests {
  @Test(arguments: [
    ("2145550101", "12145550101", "2145550101"),
    ("12145550101", "12145550101", "12145550101"),
    ("+1 (214) 555-0101", "12145550101", "12145550101"),
    ("214.555.0101", "12145550101", "2145550101"),
    ("+442079460000", "442079460000", "442079460000"),
    ("442079460000", "442079460000", "442079460000"),
    ("+4532123456", "4532123456", "4532123456"),
    ("+29021234", "29021234", "29021234"),
  ])
  func reads(text: String, e164: String, written: String) throws {
    let number = try PhoneNumber(text)
    #expect(number.e164 == e164)
    #expect(number.written == written)
  }

  @Test(arguments: [
    "", " ", "+", "abc", "214555010", "1145550101", "2141550101", "11145550101", "+1214555010", "0123456789",
    "+012345678", "1234567890123456", "214+5550101", "2145550101x5", "1.21456E+10", "２１４５５５０１０１", "5551212",
    "22145550101234567",
  ])
  func refuses(text: String) {
    #expect(throws: PhoneNumber.Invalid.self) { try PhoneNumber(text) }
  }

  @Test func aSpreadsheetsRoundedNumberIsNamedAsSuch() {
    let error = #expect(throws: PhoneNumber.Invalid.self) { try PhoneNumber("1.21456E+10") }
    #expect(error?.reason.contains("spreadsheet") == true)
  }

  /// A text, the country that the reader's numbers are of, the one that a column gives, and the number or what is wrong.
  @Test(
    arguments: [
      ("21455501010", "1", nil, "too long for a number of +1"), ("2145550101.0", "1", nil, "a decimal number"),
      ("2.14555E+09", "1", nil, "rounded"), ("9995550101", "1", nil, "no area code 999 is in service"),
      ("4532123456", "1", nil, "if it is one of +45 (Denmark), write it with +"),
      ("4532123456", "1", "DK", "4532123456"), ("32123456", "1", "Denmark", "4532123456"),
      ("020 7946 0001", "1", "UK", "442079460001"), ("4532123456", "1", "+45", "4532123456"),
      ("+442079460001", "1", "US", "its country is given as United States (+1)"),
      ("2145550101", "44", "USA", "12145550101"), ("+210123456789", "1", nil, "no country code begins with 210"),
      ("+44 20 7946 00011", "1", nil, "too long for a number of +44"),
      ("+45 123", "1", nil, "too short for a number of +45"),
      ("+44 0000000000", "1", nil, "no number of +44"), ("214_5550101", "1", nil, "it has \"_\" (U+005F) in it"),
      ("06 1 555 0199", "36", nil, "3615550199"),
      ("8 495 555-01-99", "7", nil, "74955550199"), ("01 55 5555 0199", "52", nil, "525555550199"),
      ("0 15 11 5555-0199", "55", nil, "551155550199"), ("0011 44 20 7946 0001", "61", nil, "442079460001"),
    ] as [(String, String, String?, String)])
  func theCountryAndItsPlanDecide(text: String, home: String, column: String?, expected: String) throws {
    let country = try column.map { try #require(Country(named: $0)) }
    do throws(PhoneNumber.Invalid) {
      let phone = try PhoneNumber(text, countryCode: home, country: country)
      #expect(phone.e164 == expected)
    } catch {
      #expect(error.reason.contains(expected), "\(error.reason)")
    }
  }

  @Test func newAreaCodesAreTakenOnDemand() throws {
    #expect(try PhoneNumber("9995550101", codes: .any).e164 == "19995550101")
    #expect(throws: PhoneNumber.Invalid.self) { try PhoneNumber("1995550101", codes: .any) }
  }

  @Test func spellingsOfOneNumberAreEqual() throws {
    #expect(try PhoneNumber("2145550101") == PhoneNumber("+1 214 555 0101"))
    #expect(try PhoneNumber("2145550101") != PhoneNumber("2145550102"))
  }

  @Test(arguments: [
    (Presentation.imported, "2145550101"), (.national, "2145550101"), (.e164, "12145550101"), (.plus, "+12145550101"),
  ])
  func presents(form: Presentation, expected: String) throws {
    #expect(try PhoneNumber("2145550101").presented(form, countryCode: "1") == expected)
  }

  @Test func outsideNorthAmericaADigitStringNeedsItsCountryCode() throws {
    #expect(try PhoneNumber("2079460000", countryCode: "44").e164 == "442079460000")
    #expect(throws: PhoneNumber.Invalid.self) { try PhoneNumber("4579460000", countryCode: "44") }
  }
}

struct DestinationTests {
  @Test(arguments: [
    ("2145551212", "214"), ("12145551212", "214"), ("+12145551212", "214"), ("912145551212", "214"),
    ("92145551212", "214"), ("12345612145551212", "214"), ("1 (214) 555-1212", "214"),
    ("011442079460000", "+4420"), ("9011442079460000", "+4420"), ("+442079460000", "+4420"), ("+442145551212", "+44"),
    // No number of any country, but to be dialled.
    ("5551212", nil), ("11145551212", nil), ("1234567812145551212", nil),
  ])
  func areaCode(dialString: String, areaCode: String?) throws {
    let destination = try #require(Destination(dialString))
    #expect(destination.areaCode == areaCode)
  }

  @Test(arguments: ["", "s", "h", "214555", "abc", "sip:214555", "214555x12y", String(repeating: "2", count: 22)])
  func isNone(dialString: String) {
    #expect(Destination(dialString) == nil)
  }

  @Test func thePrefixOfTheSettingsIsStripped() {
    #expect(Destination("77712145551212", prefixes: ["777"])?.digits == "12145551212")
    #expect(Destination("777214555", prefixes: ["777"]) == nil)
  }

  @Test func northAmericanRulesHoldInNorthAmericaOnly() {
    #expect(Destination("12145551212", countryCode: "44")?.isHome == false)
    #expect(Destination("2145551212", countryCode: "44")?.areaCode == nil)
  }
}

struct LabelTests {
  @Test(arguments: [
    ("SALES", "SALES"), ("  a  b ", "a  b"), ("a\nb", "a b"), ("a\u{1B}[31mb", "a [31mb"), ("日本", "日本"),
    ("a\u{202E}b", "a b"), ("a\u{61C}b", "a b"), ("\u{FEFF}a\u{200B}", "a"), ("a\u{0}b", "a b"),
    ("\"'; DROP", "\"'; DROP"),
  ])
  func isSafeText(raw: String, text: String) {
    #expect(CallerText(raw)?.text == text)
  }

  @Test(arguments: ["", "   ", "\n\r\t", "\u{0}"])
  func nothingLeftIsNoLabel(raw: String) { #expect(CallerText(raw) == nil) }

  @Test func asANameIsNeverCut() throws {
    let long = String(repeating: "é", count: 65)
    #expect(throws: StoreError(.refused, "the name is longer than 64 characters")) {
      try CallerText(name: long, of: "the name")
    }
    // Space at the ends is not of the name, space inside is.
    #expect(try CallerText(name: "  \(long.dropLast())\n ", of: "the name")?.text == String(long.dropLast()))
    #expect(throws: StoreError.self) { try CallerText(name: long.dropLast() + " b", of: "the name") }
    #expect(try CallerText(name: " \n", of: "the name") == nil)
    #expect(try CallerText(uniqueID: String(repeating: "1", count: 150)) != nil)
    #expect(throws: StoreError.self) { try CallerText(uniqueID: String(repeating: "1", count: 151)) }
  }

  @Test func asFreeTextIsCutAtSixtyFourCharacters() {
    #expect(CallerText(String(repeating: "é", count: 65))?.text == String(repeating: "é", count: 64))
    #expect(CallerText(String(repeating: "a", count: 64) + " b")?.text.count == 64)
  }
}
