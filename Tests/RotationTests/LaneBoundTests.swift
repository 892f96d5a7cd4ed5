import SQLite
import Testing

@testable import Rotation

/// No number stands in so many lanes that a pick of it would keep others waiting.
struct LaneBoundTests {
  /// Thirty-two regions, the most that one number may serve.
  private static let regions = Region.all.prefix(AreaCode.most).map(\.code).joined(separator: ",")

  /// A store whose pool `default` has campaigns with limits.
  private func store(campaigns: Int, _ numbers: String...) throws -> TestStore {
    let test = try TestStore()
    for number in numbers { try test.add(number) }
    for campaign in 0..<campaigns { try limit("C\(campaign)", in: test) }
    return test
  }

  private func limit(_ name: String, in test: TestStore) throws {
    _ = try test.store.set([(.numberDailyLimit, "5")], of: try #require(CallerText(name)))
  }

  /// Every lane that there is, to see that nothing was changed.
  private func lanes(_ test: TestStore) throws -> [Int] {
    [
      try test.store.database.value("SELECT count(*) FROM lane") ?? 0,
      try test.store.database.value("SELECT sum(length(scopes)) FROM pool") ?? 0,
      try test.store.database.value("SELECT count(*) FROM campaign") ?? 0,
    ]
  }

  @Test func aNumberOfManyAreaCodesIsRefusedWhereManyCampaignsLimit() throws {
    let test = try store(campaigns: 7, "2145550101")
    let before = try lanes(test)
    #expect(
      throws: StoreError(
        .refused,
        "a number of 32 area codes, in the pool default with 7 campaigns that limit their calls with each number, would "
          + "stand in 264 lanes; 256 are the most",
        hint: "Give it fewer area codes, or a region; or limit the numbers of fewer campaigns")
    ) { try test.add("2145550102 area_code=\(Self.regions)") }
    var fields = NumberFields()
    try fields.set(.areaCode, to: Self.regions)
    #expect(throws: StoreError.self) { try test.store.change(try PhoneNumber("2145550101"), fields) }
    #expect(try lanes(test) == before)
    // In another pool it may, but not move from there.
    try test.add("2145550102 pool=sales area_code=\(Self.regions)")
    var home = NumberFields()
    try home.set(.pool, to: "default")
    #expect(throws: StoreError.self) { try test.store.change(try PhoneNumber("2145550102"), home) }
    try test.checkLanes()
  }

  @Test func aLimitOfOneMoreCampaignIsRefused() throws {
    let test = try store(campaigns: 6, "2145550101 area_code=\(Self.regions)")
    let before = try lanes(test)
    #expect(throws: StoreError.self) { try limit("C7", in: test) }
    #expect(try lanes(test) == before)
    // A limit that is there may change, and another one come for it.
    _ = try test.store.set([(.numberDailyLimit, "6")], of: try #require(CallerText("C1")))
    _ = try test.store.set([(.numberDailyLimit, nil)], of: try #require(CallerText("C1")))
    try limit("C7", in: test)
    #expect(try test.pick(campaign: "C7", ttl: 0) == "2145550101")
    try test.checkLanes()
  }

  /// As many campaigns as a large dialer has, where each number serves its own area code.
  @Test func numbersOfOneAreaCodeLeaveRoomForManyCampaigns() throws {
    let test = try store(campaigns: 127, "2145550101")
    #expect(throws: StoreError.self) { try limit("C127", in: test) }
    #expect(try test.pick(campaign: "C126", ttl: 0) == "2145550101")
    try test.checkLanes()
  }

  @Test func anImportRejectsSuchRowsBeforeTheFirstGoesIn() throws {
    let test = try store(campaigns: 7, "2145550101")
    let stage = try ImportStage(for: test.store)
    for (line, number, pool) in [(2, "2145550102", ""), (3, "2145550103", "sales"), (4, "2145550101", "default")] {
      var fields = NumberFields()
      try fields.set(.areaCode, to: Self.regions)
      if !pool.isEmpty { try fields.set(.pool, to: pool) }
      try stage.add(ImportRow(line: line, phone: try PhoneNumber(number), fields: fields))
    }
    // The area codes of one number in several rows are added up.
    for (line, codes) in [(5, "214"), (6, Self.regions.dropLast(3)), (7, "972")] {
      var fields = NumberFields()
      try fields.set(.areaCode, to: String(codes))
      try stage.add(ImportRow(line: line, phone: try PhoneNumber("2145550104"), fields: fields, standing: .active))
    }
    #expect(stage.rejected.map(\.line) == [2, 4, 6])
    #expect(stage.rejected.allSatisfy { $0.reason.contains("lanes; 256 are the most") })
    let report = try test.store.importNumbers(stage)
    #expect(report.added == 2)
    #expect(try test.number("2145550104").areaCodes == ["214", "972"])
    try test.checkLanes()
  }

  /// From before there was a bound.
  @Test func aNumberThatStandsInTooManyMayStillBeChanged() throws {
    let test = try TestStore()
    try test.add("2145550101 area_code=\(Self.regions)")
    let scopes = (1...10).map { "\($0):5:" }.joined(separator: " ")
    try test.store.database.run("UPDATE pool SET scopes = ?", scopes)
    let store = try test.reopened()
    let phone = try PhoneNumber("2145550101")
    var fields = NumberFields()
    try fields.set(.name, to: "Dallas")
    #expect(try store.change(phone, fields).name == "Dallas")
    try fields.set(.areaCode, to: String(Self.regions.dropLast(3)))
    #expect(try store.change(phone, fields).areaCodes.count == 31)
  }

  /// From before there was a bound, or from a moment in which two commands changed both.
  @Test func doctorNamesANumberThatStandsInTooMany() throws {
    let test = try TestStore()
    try test.add("2145550101 area_code=\(Self.regions)", "2145550102")
    #expect(try !test.store.contentFindings().contains { $0.message.contains("lanes, which") })
    let scopes = (1...10).map { "\($0):5:" }.joined(separator: " ")
    try test.store.database.run("UPDATE pool SET scopes = ?", scopes)
    let finding = try #require(try test.reopened().contentFindings().first { $0.message.contains("lanes, which") })
    #expect(finding.level == .warning)
    #expect(finding.message.hasPrefix("1 numbers, such as 2145550101, stand in more than 256 lanes"))
  }

  /// What was added after the numbers were counted is counted in the transaction.
  @Test func aNumberThatIsAddedMeanwhileIsCounted() throws {
    let test = try TestStore()
    try test.add("2145550101")
    var most = MostAreaCodes()
    while try test.store.read({ try most.look(at: 1, in: $0) }) {}
    let pool: Int = try test.store.database.value("SELECT id FROM pool") ?? 0
    #expect(most[pool: pool] == 1)
    try test.add("2145550102 area_code=214,813")
    while try test.store.read({ try most.look(at: 1, in: $0) }) {}
    #expect(most[pool: pool] == 2)
  }
}
