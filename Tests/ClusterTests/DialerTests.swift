import Cluster
import MariaDB
import Rotation
import TestSupport
import Testing

/// Dialers with stores of their own and a real engine, whose daemons do step by step what is due.
@Suite struct DialerTests {
  @Test("a number is one dialer's at a time, and the shares of two dialers are alike")
  func sharing() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      try one.add(numbers("214", 100))
      #expect(try one.join(asFirst: true).brought == 100)
      #expect(try one.call("12145551212").number == nil, "there is no lease yet")
      try one.work()
      #expect(try one.held.count == 100)
      let two = try TestDialer("two", in: folder, node, clock: clock)
      #expect(try two.join().brought == 0)
      for _ in 0..<3 {
        try two.work()
        try one.work()
      }
      let (first, second) = (try one.held, try two.held)
      #expect(first.isDisjoint(with: second))
      #expect((40...50).contains(first.count) && (40...50).contains(second.count), "\(first.count), \(second.count)")
      let here = try #require(try one.call("12145551212").number)
      let there = try #require(try two.call("12145551212").number)
      #expect(first.contains(here) && second.contains(there))
    }
  }

  @Test("what a number was used for goes with it: its limits hold on all dialers together")
  func limits() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      let two = try TestDialer("two", in: folder, node, clock: clock)
      try one.add(["2145550000"]) { try $0.set(.hourlyLimit, to: "3") }
      try one.join(asFirst: true)
      try one.work()
      for _ in 0..<2 { #expect(try one.call("12145551212").number == "12145550000") }
      try two.join()
      // One number for two dialers is scarce: nobody keeps it.
      try two.work()
      try one.work(after: 1)
      try one.work(after: 61)
      #expect(try one.held.isEmpty)
      try two.work(after: 1)
      try two.work(after: 11)
      guard case .elsewhere(let wish) = try two.call("12145551212", asking: true) else {
        Issue.record("it is not wished for")
        return
      }
      #expect(wish.numbers == ["12145550000"])
      let desk = LeaseDesk(
        store: two.store, options: two.options, standing: two.standing, clock: clock.clock, budget: 5000)
      desk.makeReady()
      #expect(desk.fulfil(wish))
      #expect(try two.call("12145551212").number == "12145550000")
      #expect(try two.call("12145551212").number == nil, "two calls there and one here are three")
      try two.work(after: 2)
      #expect(try two.held.isEmpty, "it is given back when its call has ended")
      let three = try one.engine().dialersWithNumbers().map(\.numbers)
      #expect(three == [0, 0])
    }
  }

  @Test("requests are in the engine's books once, also after an interruption, and with how they ended")
  func books() async throws {
    try await withNode { node, folder in
      let one = try TestDialer("one", in: folder, node)
      try one.add(numbers("214", 5))
      try one.join(asFirst: true)
      try one.work()
      for _ in 0..<7 { _ = try one.call("12145551212", ttl: 30) }
      try one.work(after: 6)
      let told = try one.store.read { try $0.mark(.told) }
      // As if the dialer had ended before it noted that it had told.
      try one.store.write { try $0.keep(.told, told - 3) }
      _ = try one.store.releaseAll()
      one.restart()
      try one.work(after: 11)
      let engine = try MariaDB.Connection(one.options)
      #expect(try engine.value("SELECT count(*) FROM callerid_request WHERE status = 'OK'") == 5)
      #expect(try engine.value("SELECT count(*) FROM callerid_request WHERE released_at IS NOT NULL") == 5)
      #expect(try engine.value("SELECT count(*) FROM callerid_request") == 7)
      #expect(try engine.value("SELECT sum(used_today) FROM callerid_number") == 5)
    }
  }

  @Test("operators' changes are followed by the other dialers, and a rest holds on the one that has the number")
  func following() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      try one.add(numbers("214", 2))
      try one.join(asFirst: true)
      try one.work()
      let two = try TestDialer("two", in: folder, node, clock: clock)
      try two.join()
      try two.work()
      let engine = try two.engine()
      try two.store.set(.defaultHourlyLimit, to: "7")
      _ = try two.store.set([(.dailyLimit, "9")], of: #require(CallerText("SALES")))
      try two.store.rest([two.phone("2145550000")], until: clock.clock.now() + 5000, reason: "complaint")
      try two.store.setState(.disabled, of: [two.phone("2145550001")])
      try two.add(numbers("415", 1))
      try ClusterBooks.tell(of: two.store, to: engine)
      try one.work(after: 11)
      #expect(one.store.settings.hourlyLimit == 7)
      #expect(try one.store.campaign(named: #require(CallerText("SALES"))).terms.dailyLimit == 9)
      #expect(try one.store.find(one.phone("2145550000")).restReason == "complaint")
      #expect(try one.store.find(one.phone("2145550001")).state == .disabled)
      #expect(try one.store.find(one.phone("4155550000")).lease == 0)
      #expect(try one.call("12145551212").number == nil)
      try two.store.remove([two.phone("4155550000")], evenIfUsed: false)
      try ClusterBooks.tell(of: two.store, to: engine)
      try one.work(after: 11)
      #expect(throws: StoreError.self) { try one.store.find(one.phone("4155550000")) }
    }
  }

  @Test("without the engine calls go on until the lease ends, and not a second longer")
  func withoutEngine() async throws {
    try await withNode { node, folder in
      let one = try TestDialer("one", in: folder, node)
      try one.add(numbers("214", 3)) { try $0.set(.hourlyLimit, to: "none") }
      try one.join(asFirst: true)
      try one.work()
      node.kill()
      one.clock.pass(3569)
      #expect(try !one.dialer.work())
      #expect(one.standing.failure != nil)
      #expect(try one.call("12145551212").number != nil)
      one.clock.pass(1)
      guard case .refused(.noneAvailable, let reason) = try one.call("12145551212") else {
        Issue.record("the lease has not ended")
        return
      }
      #expect(reason.contains("lease"))
    }
  }

  @Test(
    "a dialer that is silent for its lease is evicted, its numbers rest, and it tells what it did when it comes back")
  func eviction() async throws {
    try await withNode { node, folder in
      let (near, far) = (TestClock(), TestClock())
      let one = try TestDialer("one", in: folder, node, clock: near)
      try one.add(numbers("214", 20)) { try $0.set(.dailyLimit, to: "2") }
      try one.join(asFirst: true)
      try one.work()
      let two = try TestDialer("two", in: folder, node, clock: far)
      try two.join()
      for _ in 0..<3 {
        try two.work()
        try one.work()
      }
      let lost = try one.held
      let used = try #require(try one.call("12145551212").number)
      for _ in 0..<62 { try two.work() }
      #expect(try two.engine().dialer(named: "one")?.state == "evicted")
      #expect(try two.held.isDisjoint(with: lost), "nobody knows yet how often they were used")
      // It comes back: its lease is over, so it has given nothing out since.
      near.pass(far.clock.now() - near.clock.now())
      #expect(try one.call("12145551212").number == nil)
      for _ in 0..<3 {
        try one.work()
        try two.work()
      }
      let engine = try MariaDB.Connection(two.options)
      #expect(try engine.value("SELECT used_today FROM callerid_number WHERE e164 = ?", used) == 1)
      #expect(try engine.value("SELECT count(*) FROM callerid_number WHERE unsettled_until > 0") == 0)
      #expect(try !one.held.isEmpty && one.held.isDisjoint(with: two.held))
    }
  }

  @Test("a dialer that ends between the engine's commit and its own has its numbers when it starts again")
  func interrupted() async throws {
    try await withNode { node, folder in
      let one = try TestDialer("one", in: folder, node)
      try one.add(numbers("214", 10))
      try one.join(asFirst: true)
      try one.work()
      let held = try one.held
      try one.store.giveUp(Array(held.prefix(4)))
      try one.work(after: 6)
      #expect(try one.engine().dialersWithNumbers().first?.numbers == 6)
      let (dialer, beat, _) = try one.dialer.marks()
      let engine = try one.engine()
      #expect(try engine.lease(9, of: Demand(pool: "default", area: "214"), to: dialer, beat: beat, at: 2).count == 4)
      #expect(try one.held.count == 6)
      one.restart()
      try one.work(after: 11)
      #expect(try one.held == held)
    }
  }

  @Test("an engine that was restored from a backup learns from the dialers what they hold")
  func restoredEngine() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      try one.add(numbers("214", 40))
      try one.join(asFirst: true)
      try one.work()
      let engine = try MariaDB.Connection(one.options)
      for table in ["cluster", "dialer", "number"] {
        try engine.execute("CREATE TABLE old_\(table) AS SELECT * FROM callerid_\(table)")
      }
      let two = try TestDialer("two", in: folder, node, clock: clock)
      try two.join()
      for _ in 0..<3 {
        try two.work()
        try one.work()
      }
      let (first, second) = (try one.held, try two.held)
      #expect(!second.isEmpty)
      _ = try one.call("12145551212")
      for table in ["cluster", "dialer", "number"] {
        try engine.execute("DELETE FROM callerid_\(table)")
        try engine.execute("INSERT INTO callerid_\(table) SELECT * FROM old_\(table)")
      }
      for _ in 0..<4 {
        try one.work(after: 11)
        try two.work(after: 11)
      }
      #expect(try one.held.isDisjoint(with: two.held))
      #expect(try one.held.intersection(first).count > first.count / 2)
      #expect(try two.held.intersection(second).count > second.count / 2)
      #expect(try one.engine().facts().isRecovering == false)
      #expect(try one.engine().dialersWithNumbers().map(\.numbers) == [one.held.count, two.held.count])
    }
  }

  @Test("a dialer's store that was restored from a backup gives out nothing that others may have")
  func restoredStore() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      try one.add(numbers("214", 10))
      try one.join(asFirst: true)
      try one.work()
      _ = try one.store.backUp(to: folder + "/backup.db")
      for _ in 0..<3 { _ = try one.call("12145551212") }
      try one.work(after: 6)
      let restored = try Store(path: folder + "/backup.db", clock: clock.clock)
      #expect(restored.membership?.dialer == "one")
      #expect(restored.membership?.lease == nil)
      guard case .refused = try restored.pick(Request(destination: "12145551212")) else {
        Issue.record("it gives numbers out")
        return
      }
      let again = TestDialer.daemon(restored, one.options, Standing(), clock)
      for _ in 0..<3 {
        clock.pass(11)
        try again.work()
      }
      let engine = try MariaDB.Connection(one.options)
      #expect(try engine.value("SELECT count(*) FROM callerid_number WHERE unsettled_until > 0") == 10)
      #expect(try engine.value("SELECT count(*) FROM callerid_request WHERE status = 'OK'") == 3, "the books are kept")
      #expect(try restored.leasedNumbers().isEmpty)
    }
  }

  @Test("a campaign's limit holds over all dialers")
  func quotas() async throws {
    try await withNode { node, folder in
      let clock = TestClock()
      let one = try TestDialer("one", in: folder, node, clock: clock)
      try one.add(numbers("214", 60)) { try $0.set(.hourlyLimit, to: "none") }
      _ = try one.store.set([(.dailyLimit, "20")], of: #require(CallerText("SALES")))
      try one.join(asFirst: true)
      try one.work()
      let two = try TestDialer("two", in: folder, node, clock: clock)
      try two.join()
      var granted = 0
      for _ in 0..<40 {
        for dialer in [one, two] {
          try dialer.work(after: 6)
          for _ in 0..<2 where try dialer.call("12145551212", campaign: "SALES").number != nil { granted += 1 }
        }
      }
      #expect(granted == 20)
    }
  }

  @Test("a dialer whose clock is wrong keeps what it has, and gets no more")
  func wrongClock() async throws {
    try await withNode { node, folder in
      let one = try TestDialer("one", in: folder, node)
      try one.add(numbers("214", 10))
      try one.join(asFirst: true)
      try one.work()
      try one.store.giveUp(Array(try one.held.prefix(5)))
      one.dialer.clockTolerance = Dialer.Pace.clockMilliseconds
      for _ in 0..<2 { try one.work() }
      #expect(try one.held.count == 5)
      #expect(try one.call("12145551212").number != nil)
    }
  }
}
