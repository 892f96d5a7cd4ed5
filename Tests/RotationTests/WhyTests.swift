import SQLite
import Testing

@testable import Rotation

/// `Store.why`: what the store knows of one request.
struct WhyTests {
  private func why(_ test: TestStore, _ request: Int) throws -> WhyReport { try test.store.why(request: request) }

  @Test func itTellsWhoHadTheNumberBeforeAndHowManyCallsItHadThatDay() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0", "3125550101 max_concurrent=0")
    for _ in 0..<3 {
      _ = try test.pick("12145551212", campaign: "SALES", agent: "1001")
      _ = try test.pick("13125551212")
      test.clock.advance(600)
    }
    let first = try why(test, 1)
    #expect(first.previous == .nobody)
    #expect(first.usedBeforeThatDay == 0)
    #expect(first.areaCode == "214")
    let third = try why(test, 5)
    #expect(third.previous == .request(3, at: third.logged.at - 600))
    #expect(third.usedBeforeThatDay == 2)
    #expect(third.dayKnownSince == nil)
    #expect(third.number?.phone.written == "2145550101")
    #expect(third.logged.campaign == "SALES")
    #expect(third.now == nil)
    // A page looks back only so far, and says so.
    let near = try test.store.why(request: 5, lookingThrough: 1)
    #expect(near.previous == .nobodySince(third.logged.at - 600))
    #expect(near.usedBeforeThatDay == 0 && near.dayKnownSince == third.logged.at - 600)
    let nearer = try test.store.why(request: 5, lookingThrough: 2)
    #expect(nearer.previous == .request(3, at: third.logged.at - 600) && nearer.usedBeforeThatDay == 1)
    // Yesterday's calls are none of today's, but one of them was the previous one.
    test.clock.advance(86_400)
    _ = try test.pick("12145551212")
    let next = try why(test, 7)
    #expect(next.usedBeforeThatDay == 0)
    #expect(next.previous == .request(5, at: third.logged.at))
  }

  @Test func itTellsForHowLongTheNumberWasHeld() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(ttl: 120, uniqueID: "1")
    #expect(try why(test, 1).isHeld)
    #expect(try why(test, 1).heldSeconds == nil)
    test.clock.advance(35)
    try test.release("1", dialStatus: "ANSWER", answered: 30)
    let released = try why(test, 1)
    #expect(released.heldSeconds == 35)
    #expect(!released.isHeld)
    #expect(released.logged.answeredSeconds == 30)
    _ = try test.pick(ttl: 120, uniqueID: "2")
    test.clock.advance(500)
    #expect(try why(test, 2).heldSeconds == 120)
    try test.release("2", dialStatus: "BUSY")
    #expect(try why(test, 2).heldSeconds == 120)
    _ = try test.pick(ttl: 0)
    #expect(try why(test, 3).heldSeconds == nil)
    #expect(try why(test, 3).reservedUntil == nil)
  }

  @Test func aRefusalIsTriedAgain() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=1 max_concurrent=0")
    _ = try test.pick(campaign: "SALES")
    #expect(try test.pick(campaign: "SALES") == "NONE_AVAILABLE")
    let refused = try why(test, 2)
    #expect(refused.logged.reason?.contains("hourly_limit") == true)
    #expect(refused.areaCode == "214")
    #expect(refused.previous == nil)
    #expect(refused.now?.refusal?.status == .noneAvailable)
    test.clock.advance(3600)
    #expect(try why(test, 2).now?.choices.first?.callerID == "2145550101")
    // Nothing was counted.
    #expect(try test.number("2145550101").thisHour.calls(in: test.store.moment.windows.hour) == 0)
  }

  @Test func whatIsNotKeptIsNotMadeUp() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0", "3125550101 max_concurrent=0")
    for _ in 0..<6 {
      _ = try test.pick()
      test.clock.advance(60)
    }
    // As pruning leaves the log.
    try test.store.database.run("DELETE FROM request WHERE id <= 3")
    let oldest = test.clock.now - 180
    let report = try why(test, 4)
    #expect(report.previous == .nobodySince(oldest))
    #expect(report.dayKnownSince == oldest)
    #expect(throws: StoreError.self) { try why(test, 3) }
    #expect(throws: StoreError.self) { try why(test, 99) }
    #expect(throws: StoreError.self) { try why(test, -1) }
    #expect(throws: StoreError.self) { try why(test, .max) }
    try test.store.database.run("DELETE FROM number WHERE id = 1")
    let removed = try why(test, 4)
    #expect(removed.number == nil && removed.previous == nil && removed.logged.callerID == nil)
  }

  @Test func theSearchGoesBackThroughManyParts() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    _ = try test.pick()
    _ = try test.pick()
    try test.store.database.run("UPDATE request SET id = ? WHERE id = 2", 7 * Snapshot.stretch + 3)
    #expect(try why(test, 7 * Snapshot.stretch + 3).previous == .request(1, at: test.clock.now))
    // It has an end.
    try test.store.database.run("UPDATE request SET id = ? WHERE id <> 1", 70 * Snapshot.stretch)
    #expect(try why(test, 70 * Snapshot.stretch).previous == .nobodySince(test.clock.now))
  }

  @Test func aCallIsFoundByItsUniqueIDAtItsNewestRequest() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    _ = try test.pick(uniqueID: "call")
    _ = try test.pick(uniqueID: "call")
    let name = try #require(CallerText("call"))
    let report = try test.store.why(uniqueID: name)
    #expect(report.logged.request == 2)
    #expect(report.earlierOfCall == [1])
    let unknown = try #require(CallerText("unknown"))
    #expect(throws: StoreError.self) { try test.store.why(uniqueID: unknown) }
  }

  @Test func requestsAreFoundByLeadAndByCallCode() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    for code in ["V1124150050000001234", "DV943083W0000001234W", "S1124150000000001234", "V1124150050000021234"] {
      var request = Request(destination: "12145551212")
      request.callCode = VICIdialCallName(callerIDName: code)
      _ = try test.store.pick(request)
    }
    // Of S only a conference is known, although it ends with the same digits.
    #expect(try test.store.requests(last: 9, lead: 1234).map(\.request) == [2, 1])
    #expect(try test.store.requests(last: 1, lead: 1234).map(\.request) == [2])
    #expect(try test.store.requests(last: 9, lead: 21234).map(\.request) == [4])
    #expect(try test.store.requests(last: 9, callCode: "V11").map(\.request) == [4, 1])
    #expect(try test.store.requests(last: 9, callCode: "v11").isEmpty)
  }
}
