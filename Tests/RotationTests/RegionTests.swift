import Testing

@testable import Rotation

/// AreaCodes.csv says what it should: compare with the source that it names when it changes.
struct AreaCodeTableTests {
  let rows = AreaCodeTable.rows
  var regions: [AreaCodeTable.Row] { rows.filter { !$0.code.isEmpty } }

  static let states = """
    AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA
    RI SC SD TN TX UT VA VT WA WI WV WY
    """
  static let territories = "AS GU MP PR VI"
  static let provinces = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
  static let countries = "AIA ATG BHS BMU BRB CYM DMA DOM GRD JAM KNA LCA MSR SXM TCA TTO VCT VGB"

  @Test func everyLineIsWellFormed() throws {
    let lines = String(decoding: PackageResources.AreaCodes_csv, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let table = lines.drop { $0.hasPrefix("#") }
    #expect(table.first == "code,name,area codes")
    #expect(table.last == "", "the file ends with its last line")
    let area = "[2-9][0-9]{2}(/[2-9][0-9]{2})*"
    let line = try Regex("([A-Z]{2,3})?,[A-Za-z. -]+,\(area)( \(area))*")
    for text in table.dropFirst().dropLast() {
      #expect(text.wholeMatch(of: line) != nil, "\(text)")
    }
    #expect(table.count - 2 == rows.count)
  }

  @Test func codesAndNamesAreUnique() {
    let keys = regions.flatMap { [$0.code, $0.name] }
    #expect(Set(keys.map { $0.lowercased() }).count == keys.count)
  }

  @Test(arguments: [
    (states, 51, 372), (territories, 5, 6), (provinces, 13, 55), (countries, 18, 21),
  ])
  func everyRegionIsThere(codes: String, regions: Int, areaCodes: Int) throws {
    let codes = codes.split { $0.isWhitespace }
    #expect(codes.count == regions)
    let found = try codes.map { try #require(Region(named: String($0)), "\($0)") }
    #expect(Set(found.flatMap(\.areaCodes)).count == areaCodes)
  }

  @Test func nothingElseIsThere() {
    #expect(regions.count == 51 + 5 + 13 + 18)
    #expect(Set(regions.flatMap(\.areas).joined()).count == 454)
    #expect(Set(rows.flatMap(\.areas).joined()).count == 485)
  }

  @Test func areaCodesThatAreNoneAreAbsent() {
    for code in Set(rows.flatMap(\.areas).joined()) {
      #expect(!code.hasSuffix("11"), "\(code) is a service code")
      #expect(code.dropFirst().first != "9", "\(code) is kept for longer numbers")
      #expect(!code.hasPrefix("37") && !code.hasPrefix("96"), "\(code) is reserved")
    }
  }

  /// The easily recognized codes, and the 500s taken when those ran out, are of no place.
  @Test func geographicAreaCodesDoNotEndInADouble() {
    for code in Set(regions.flatMap(\.areas).joined()) {
      #expect(code.suffix(1) != code.dropFirst().prefix(1), "\(code)")
    }
  }

  @Test func anAreaIsListedOnceInARegion() {
    for row in rows {
      #expect(Set(row.areas.map(Set.init)).count == row.areas.count, "\(row.code)")
      for area in row.areas { #expect(Set(area).count == area.count, "\(area)") }
      let alone = row.areas.filter { $0.count == 1 }.joined()
      #expect(alone.allSatisfy { code in row.areas.count { $0.contains(code) } == 1 }, "\(row.code)")
    }
  }

  /// What `Region.of` relies on where one area lies in several regions.
  @Test func regionsThatShareAnAreaCodeShareAll() {
    for code in Set(regions.flatMap(\.areas).joined()) {
      let sharing = AreaCodeTable.rows(with: code)
      #expect(Set(sharing.map(\.areas)).count == 1, "\(code)")
      #expect(sharing.count == ["867": 3, "902": 2, "782": 2][code] ?? 1, "\(code)")
    }
  }
}

struct RegionTests {
  @Test(arguments: [
    ("214", "TX"), ("212", "NY"), ("202", "DC"), ("907", "AK"), ("808", "HI"), ("939", "PR"), ("684", "AS"),
    ("671", "GU"), ("670", "MP"), ("340", "VI"), ("942", "ON"), ("263", "QC"), ("879", "NL"), ("257", "BC"),
    ("876", "JAM"), ("345", "CYM"), ("664", "MSR"), ("606", "KY"), ("601", "MS"), ("849", "DOM"),
    // In service since 2024.
    ("235", "MO"), ("324", "FL"), ("327", "AR"), ("357", "CA"), ("436", "OH"), ("457", "LA"), ("465", "NY"),
    ("471", "MS"), ("483", "AL"), ("621", "TX"), ("679", "MI"), ("686", "VA"), ("729", "TN"), ("738", "CA"),
    ("748", "CO"), ("821", "SC"), ("837", "CA"), ("924", "MN"),
    // An area of several regions is the first one's.
    ("867", "NT"), ("902", "NS"),
  ])
  func isOfItsAreaCode(areaCode: String, code: String) throws {
    let region = try #require(Region.of(areaCode: areaCode))
    #expect(region.code == code)
    #expect(region.areaCodes.contains(areaCode))
    #expect(Region(named: code) == region)
  }

  @Test(arguments: [
    "800", "888", "877", "866", "855", "844", "833", "900", "500", "521", "533", "588", "600", "622", "700", "710",
    "911", "411", "555", "950", "999", "000", "100", "221", "822",
    // Assigned, not yet in service.
    "273", "543", "565", "761",
    "", "2", "21", "2145", "14 ", "4 4", "/21", "abc", "é4", "２１４", "\n", "TX",
  ])
  func isNoneOfOthers(areaCode: String) {
    #expect(Region.of(areaCode: areaCode) == nil)
    #expect(Region.overlays(of: areaCode).isEmpty)
  }

  @Test func readsPartsOfNumbersToo() {
    #expect(Region.of(areaCode: "12145550101".dropFirst().prefix(3))?.name == "Texas")
  }

  @Test(arguments: [
    ("TX", "Texas"), ("tx", "Texas"), ("Texas", "Texas"), ("texas", "Texas"), ("NEW YORK", "New York"),
    ("on", "Ontario"), ("Pr", "Puerto Rico"), ("jam", "Jamaica"), ("Jamaica", "Jamaica"), ("ky", "Kentucky"),
    ("cym", "Cayman Islands"), ("ms", "Mississippi"), ("montserrat", "Montserrat"),
    ("district of columbia", "District of Columbia"), ("u.s. virgin islands", "U.S. Virgin Islands"),
  ])
  func isFoundByCodeAndName(text: String, name: String) throws {
    #expect(try #require(Region(named: text)).name == name)
  }

  @Test(arguments: ["", " ", "Tex", "TX ", "US", "JM", "code", "name", "#", "toll-free", "214", "Québec"])
  func isNoneOfOtherNames(text: String) { #expect(Region(named: text) == nil) }

  @Test func knowsItsAreaCodes() throws {
    #expect(try #require(Region(named: "AL")).areaCodes == ["205", "659", "251", "256", "938", "334", "483"])
    #expect(try #require(Region(named: "NU")).areaCodes == ["867"])
    #expect(try #require(Region(named: "PE")).areaCodes == ["902", "782"])
    // Those that overlay two areas are named once.
    #expect(
      try #require(Region(named: "GA")).areaCodes == [
        "229", "404", "678", "470", "943", "478", "706", "762", "770", "912",
      ])
  }

  @Test(arguments: [
    ("214", ["972", "469", "945"]), ("945", ["214", "972", "469"]), ("416", ["647", "437", "942"]),
    ("942", ["416", "647", "437"]), ("212", ["917", "646", "332"]), ("787", ["939"]), ("867", []), ("902", ["782"]),
    ("907", []), ("206", ["564"]), ("253", []), ("564", ["206", "360"]), ("734", []), ("407", ["321", "689"]),
    ("404", ["678", "470", "943"]), ("678", ["404", "470", "943", "770"]),
    ("917", ["212", "646", "332", "718", "347", "929", "465"]), ("872", ["312", "773"]),
  ])
  func knowsTheOverlaysOfAnAreaCode(areaCode: String, overlays: [String]) {
    #expect(Region.overlays(of: areaCode) == overlays)
  }

  @Test func overlaysAreMutualAndOfOneRegion() {
    for region in Region.all {
      for code in region.areaCodes {
        let overlays = Region.overlays(of: code)
        #expect(!overlays.contains(code) && Set(overlays).count == overlays.count, "\(code)")
        #expect(Set(overlays).isSubset(of: region.areaCodes), "\(code)")
        #expect(overlays.allSatisfy { Region.overlays(of: $0).contains(code) }, "\(code)")
      }
    }
  }
}
