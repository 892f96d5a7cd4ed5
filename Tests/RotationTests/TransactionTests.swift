import Foundation
import SQLite
import Testing

@testable import Rotation

/// What a transaction holds ends with it, in a process that stays as in one that serves a single call.
struct TransactionTests {
  private func request(_ destination: String = "12145551212", pool: String? = nil) -> Request {
    var request = Request(destination: destination)
    request.pool = pool
    return request
  }

  // MARK: Parts

  @Test func aPartThatFailsLeavesTheOthersStanding() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let answers = try test.store.write { transaction in
      try (0..<3).map { index in
        try transaction.part {
          let answer = try transaction.pick(request())
          // After it has picked, counted and logged.
          if index == 1 { throw StoreError(.failed, "on purpose") }
          return answer
        }
      }
    }
    #expect(try answers[0].get().status == .ok)
    #expect(throws: StoreError.self) { try answers[1].get() }
    #expect(try answers[2].get().status == .ok)
    #expect(try test.number("2145550101").today.calls == 1)
    #expect(try test.number("2145550102").today.calls == 1)
    #expect(try test.store.requests(last: 10).count == 2)
    try test.checkLanes()
  }

  @Test func whatAFailedPartHasReadIsForgotten() throws {
    let test = try TestStore()
    try test.store.write { transaction in
      _ = try transaction.part {
        _ = try transaction.put(try PhoneNumber("2145550101"), try NumberFields(["pool": "sales"]))
        throw StoreError(.failed, "on purpose")
      }
      // The pool is gone, and so is its count.
      #expect(try transaction.pool(named: "sales") == nil)
      #expect(transaction.memory.growth.isEmpty)
      _ = try transaction.put(try PhoneNumber("2145550102"), NumberFields())
    }
    #expect(try test.pick(pool: "sales") == "BAD_REQUEST")
    try test.checkLanes()
  }

  @Test func aHundredRequestsAreOneTransaction() throws {
    let test = try TestStore()
    try test.store.set(.reservationTTL, to: "0")
    try test.add("2145550101", "2145550102", "2145550103")
    let frames = test.store.database.logFrames
    let numbers = try test.store.write { transaction in
      try (0..<30).map { _ in try transaction.part { try transaction.pick(request()) }.get() }
    }
    #expect(numbers.allSatisfy { $0.status == .ok })
    // Each alone writes its own copy of every page that it changes.
    #expect(test.store.database.logFrames - frames < 60)
    let shown = numbers.map { if case .granted(let grant) = $0 { grant.callerID } else { "" } }
    #expect(shown == (0..<30).map { "214555010\($0 % 3 + 1)" })
  }

  /// Each names its campaign and its agent in its own capitals.
  private func requests(_ count: Int) -> [Request] {
    (0..<count).map { index in
      var request = request()
      request.campaign = CallerText(index % 2 == 0 ? "SALES" : "sales")
      request.agent = CallerText(index % 2 == 0 ? "Ann" : "ANN")
      return request
    }
  }

  @Test func theCallsOfATransactionAreCountedTogetherButThoseOfFailedParts() throws {
    let test = try TestStore()
    try test.store.set(.reservationTTL, to: "0")
    try test.add("2145550101")
    let sales = try #require(CallerText("Sales"))
    for round in 1...2 {
      try test.store.write { transaction in
        for (index, request) in requests(6).enumerated() {
          _ = try transaction.part {
            _ = try transaction.pick(request)
            // The first to name them in the store, and the last one.
            if index == 0 || index == 5 { throw StoreError(.failed, "on purpose") }
          }
        }
      }
      let campaign = try test.store.campaign(named: sales)
      #expect((campaign.today.calls, campaign.thisHour.calls) == (round * 4, round * 4))
      let agents = try test.store.agents()
      #expect(agents.map(\.today.calls) == [round * 4])
      #expect(agents.map(\.thisMinute.calls) == [round * 4])
    }
    let logged: Int? = try test.store.database.value(
      "SELECT count(*) FROM request WHERE campaign_id = (SELECT id FROM campaign) AND agent_id = (SELECT id FROM agent)"
    )
    #expect(logged == 8)
  }

  @Test func aLimitIsReachedWithinATransaction() throws {
    let test = try TestStore()
    try test.store.set(.reservationTTL, to: "0")
    try test.add("2145550101")
    let (sales, ann) = (try #require(CallerText("SALES")), try #require(CallerText("Ann")))
    try test.store.setCallsPerMinute(try Limit("5", name: "limit"), of: ann)
    _ = try test.store.set([(.hourlyLimit, "3")], of: sales)
    let statuses = try test.store.write { transaction in
      try requests(5).map { request in try transaction.part { try transaction.pick(request) }.get().status }
    }
    #expect(statuses == [.ok, .ok, .ok, .noneAvailable, .noneAvailable])
    // A change of the campaign in the same transaction holds from there on, and loses no count.
    let later = try test.store.write { transaction in
      var campaign = try transaction.campaign(sales)
      campaign.terms.hourlyLimit = nil
      let first = try transaction.pick(requests(1)[0]).status
      _ = try transaction.keepTerms(of: campaign, given: nil)
      return try [first] + requests(4).map { try transaction.pick($0).status }
    }
    #expect(later == [.noneAvailable, .ok, .ok, .rateLimited, .rateLimited])
    #expect(try test.store.campaign(named: sales).thisHour.calls == 5)
  }

  // MARK: Rollback

  @Test func aStoreServesOnAfterARollback() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102", "9725550101")
    #expect(try test.pick() == "2145550101")
    #expect(throws: StoreError.self) {
      try test.store.write { transaction in
        _ = try transaction.pick(request())
        _ = try transaction.put(try PhoneNumber("2145550103"), try NumberFields(["pool": "new", "carrier": "Acme"]))
        throw StoreError(.failed, "on purpose")
      }
    }
    #expect(try test.pick() == "2145550102")
    #expect(try test.pick(pool: "new") == "BAD_REQUEST")
    #expect(try test.pick(carrier: "Acme") == "NONE_AVAILABLE")
    #expect(try test.pick("19725551212") == "9725550101")
    try test.checkLanes()
  }

  @Test func resortingGoesOnAfterARollback() throws {
    let test = try TestStore()
    for index in 100..<400 { try test.add("2145550\(index) daily_limit=none hourly_limit=none") }
    // Left half done, as by a program that was killed.
    try test.store.write { try $0.noteResorting() }
    #expect(throws: StoreError.self) {
      try test.store.write { transaction in
        while try transaction.resort(100) {}
        throw StoreError(.failed, "on purpose")
      }
    }
    for _ in 0..<10 { _ = try test.pick() }
    #expect(try !test.store.read { $0.memory.state.isResorting })
    let left: Int? = try test.store.database.value("SELECT count(*) FROM setting WHERE key = 'refiled_to'")
    #expect(left == 0)
  }

  @Test func aFailureGivesTheLockBack() throws {
    let test = try TestStore()
    #expect(throws: StoreError.self) {
      _ = try Store.call(path: test.store.path, until: .after(milliseconds: 100), clock: test.clock.clock) { _ in
        throw StoreError(.failed, "on purpose")
      }
    }
    #expect(throws: StoreError.self) { try test.store.write { _ in throw StoreError(.failed, "on purpose") } }
    let lock = try StoreLock(storePath: test.store.path)
    #expect(throws: Never.self) { try lock.hold(until: .after(milliseconds: 0)) { _ in } }
  }

  // MARK: What others write

  @Test func settingsOfAnotherProcessHoldFromTheNextTransactionOn() throws {
    let test = try TestStore()
    try test.add("2145550101")
    #expect(try test.pick(ttl: 0) == "2145550101")
    try test.reopened().set(.defaultHourlyLimit, to: "1")
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
    #expect(test.store.settings.hourlyLimit == 1)
    try test.reopened().set(.defaultHourlyLimit, to: "2")
    #expect(try test.store.rehearsePick(request()).status == .ok)
    #expect(try test.pick(ttl: 0) == "2145550101")
  }

  @Test func aSettingThatChangesDuringAnImportHoldsForItsLaterRows() throws {
    let test = try TestStore()
    let stage = try ImportStage(for: test.store)
    for index in 0..<200 {
      try stage.add(ImportRow(line: index + 1, phone: try PhoneNumber("214555\(1000 + index)"), fields: NumberFields()))
    }
    var changed = false
    _ = try test.store.importNumbers(stage) { done in
      if !changed { try test.reopened().set(.requireVerification, to: "yes") }
      changed = true
      #expect(done > 0)
    }
    #expect(changed)
    // No number is verified: all sleep for ever, whenever they came in.
    let awake: Int? = try test.store.database.value("SELECT count(*) FROM number WHERE asleep_until = 0")
    #expect(awake == 0)
    try test.checkLanes()
  }

  @Test func anImportLeavesTheConnectionAsItWas() throws {
    let test = try TestStore()
    let before: Int? = try test.store.database.value("PRAGMA cache_size")
    let stage = try ImportStage(for: test.store)
    try stage.add(ImportRow(line: 1, phone: try PhoneNumber("2145550101"), fields: NumberFields()))
    var during: Int?
    _ = try test.store.importNumbers(stage) { _ in during = try test.store.database.value("PRAGMA cache_size") }
    #expect(during == -65_536)
    #expect(try test.store.database.value("PRAGMA cache_size") == before)
  }

  @Test func aNewerSchemaIsNoticedByAProcessThatStays() throws {
    let test = try TestStore()
    try test.add("2145550101")
    let other = try Database(path: test.store.path, mode: .readWrite)
    try other.keepLogOnClose()
    try other.execute("PRAGMA user_version = 99")
    let error = #expect(throws: StoreError.self) { try test.store.pick(request()) }
    #expect(error?.kind == .schema)
  }

  // MARK: One thread, one transaction

  @Test func aTransactionWithinATransactionIsRefusedAndTheFirstOneStands() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.write { transaction in
      #expect(throws: StoreError.self) { try test.store.write { _ in } }
      #expect(throws: StoreError.self) { try test.store.read { _ in } }
      // The refusal has not given the outer one's lock away.
      let lock = try StoreLock(storePath: test.store.path)
      #expect(throws: StoreError.self) { try lock.hold(until: .after(milliseconds: 0)) { _ in } }
      #expect(try transaction.pick(request()).status == .ok)
    }
    #expect(try test.number("2145550101").today.calls == 1)
  }

  @Test func anotherThreadIsRefused() async throws {
    let test = try TestStore()
    nonisolated(unsafe) let store = test.store
    let refused = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        do {
          try store.read { _ in }
          continuation.resume(returning: false)
        } catch {
          continuation.resume(returning: true)
        }
      }
    }
    #expect(refused)
  }

  @Test func theAuditNamesWhomAProgramActsFor() throws {
    let test = try TestStore()
    let web = try #require(CallerText("token floor"))
    try test.store.write(by: .named(web)) { _ = try $0.audit("rest 2145550101") }
    let entry = try #require(try test.store.auditEntries(last: 1).first)
    #expect((entry.who, entry.what) == ("token floor", "rest 2145550101"))
  }
}

extension NumberFields {
  init(_ values: [String: String]) throws {
    self.init()
    for (name, text) in values { try set(try #require(NumberField(rawValue: name)), to: text) }
  }
}
