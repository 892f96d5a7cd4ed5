import Foundation
import SQLite
import Testing

@testable import Rotation

/// Area codes of North American numbers that do not have three digits, as VICIdial's table has them: the longest that
/// fits counts (https://freevoiceusa.com/predictive_dialers/guides/admin/accid).
struct AreaCodeLengthTests {
  /// What a call gets, which is also what `explain` says.
  private func picked(_ destination: String, from test: TestStore) throws -> String {
    let explained = try test.store.explain(Request(destination: destination)).choices.first?.number.phone.written
    let picked = try test.pick(destination, ttl: 0)
    #expect(explained ?? Status.noneAvailable.rawValue == picked)
    return picked
  }

  @Test func theLongestThatFitsIsFirst() throws {
    let test = try TestStore()
    try test.add(
      "2145550101 area_code=312", "2145550102 area_code=31", "2145550103 area_code=31255", "2145550104 area_code=312555"
    )
    try test.store.set(.match, to: "area")
    for (destination, number) in [
      ("3125551212", "2145550104"), ("13125551212", "2145550104"), ("3125561212", "2145550103"),
      ("3126551212", "2145550101"), ("3165551212", "2145550102"), ("4155551212", "NONE_AVAILABLE"),
    ] { #expect(try picked(destination, from: test) == number, "\(destination)") }
    // One that the operator names is that one.
    #expect(try test.pick("3125551212", area: "31", ttl: 0) == "2145550102")
  }

  @Test func aNumberAbroadServesNoPartOfAnAreaCode() throws {
    let test = try TestStore()
    try test.add("+442079460000 area_code=20", "2145550101 area_code=21455", "9725550102")
    try test.store.set(.match, to: "area")
    #expect(try picked("2015551212", from: test) == "NONE_AVAILABLE")
    #expect(try picked("2145551212", from: test) == "2145550101")
    #expect(try picked("9725551212", from: test) == "9725550102")
  }

  @Test func aStoreOfBeforeLearnsItFromTheNextImport() throws {
    let test = try TestStore()
    try test.add("2145550101 area_code=31")
    try test.store.set(.match, to: "area")
    try Database(path: test.store.path, mode: .readWrite).execute("UPDATE pool SET has_regions = 0")
    let store = try test.reopened()
    var fields = NumberFields()
    try fields.set(.areaCode, to: "31")
    _ = try store.change(PhoneNumber("2145550101"), fields)
    #expect(try test.pick("3125551212", ttl: 0) == "2145550101")
  }
}
