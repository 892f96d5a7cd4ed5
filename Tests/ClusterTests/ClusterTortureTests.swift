import Cluster
import Foundation
import MariaDB
import Rotation
import SQLite
import Synchronization
import TestSupport
import Testing

/// Dialers, their network and their engine are made to fail in every way at moments drawn by lot, and a checker looks at
/// what calls got. A failure names its seed: `SEED=7 make torture-cluster` plays it again. What the machine's own
/// threads do between is not in the seed, so a failure may need some tries to be seen again.
@Suite(.serialized) struct ClusterTortureTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isFull = environment["TORTURE"] == "full"
  private static let seeds: [UInt64] = {
    func number(_ name: String) -> UInt64? { environment[name].flatMap { UInt64($0) } }
    if let seed = number("SEED") { return [seed] }
    let (first, count) = (number("FIRST") ?? 1, number("SEEDS") ?? (isFull ? 200 : 3))
    return Array(first..<first + max(1, count))
  }()
  private static let steps = environment["STEPS"].flatMap { Int($0) } ?? (isFull ? 150 : 90)

  @Test("no number is on two dialers, no limit is passed and no request is lost, whatever fails")
  func torture() async throws {
    try await withNode { node, folder in
      var (grants, happened) = (0, [String: Int]())
      for seed in Self.seeds {
        let run = try Torture(seed: seed, node, folder: "\(folder)/\(seed)")
        try run.play(steps: Self.steps)
        let faults = run.checker.faults
        #expect(
          faults.isEmpty,
          "seed \(seed): \(faults.prefix(6).joined(separator: "\n"))\n\(run.story.suffix(60).joined(separator: "\n"))")
        grants += run.checker.grants.count
        happened.merge(run.happened, uniquingKeysWith: +)
      }
      let what = happened.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
      print("\(Self.seeds.count) seeds, \(Self.seeds.count * Self.steps) steps, \(grants) calls got numbers; \(what)")
    }
  }
}

/// One dialer of the torture: everything of it can be put in another's place.
private final class Victim {
  let name: String
  let proxy: EngineProxy
  let options: ConnectionOptions
  private let folder: String
  private let clock: TestClock
  private(set) var path: String
  private(set) var store: Store
  private(set) var standing = Standing()
  private(set) var dialer: Dialer
  private(set) var desk: LeaseDesk
  /// A backup of its store, by path.
  var backup: String?
  private var copies = 0

  init(_ name: String, in folder: String, _ node: EngineNode, _ clock: TestClock) throws {
    (self.name, self.folder, self.clock) = (name, folder, clock)
    proxy = try EngineProxy(to: node.port)
    options = ConnectionOptions(
      hosts: [.init(name: "127.0.0.1", port: proxy.port)], user: EngineNode.user, password: EngineNode.password,
      database: EngineNode.database)
    path = "\(folder)/\(name).db"
    try Store.create(path: path, clock: clock.clock)
    store = try Store(path: path, clock: clock.clock)
    try store.set(.timeZone, to: "UTC")
    try store.set(.agentCallsPerMinute, to: "none")
    dialer = TestDialer.daemon(store, options, standing, clock)
    desk = Self.desk(store, options, standing, clock)
  }

  private static func desk(
    _ store: Store, _ options: ConnectionOptions, _ standing: Standing, _ clock: TestClock
  ) -> LeaseDesk {
    LeaseDesk(store: store, options: options, standing: standing, clock: clock.clock, budget: 3000)
  }

  /// As after its daemon was killed and started again.
  func restart() {
    standing = Standing()
    dialer = TestDialer.daemon(store, options, standing, clock)
    desk = Self.desk(store, options, standing, clock)
  }

  func backUp() throws {
    copies += 1
    let file = "\(folder)/\(name)-\(copies).backup"
    _ = try store.backUp(to: file)
    backup = file
  }

  /// Puts the backup in the store's place.
  func restore(_ file: String) throws {
    copies += 1
    let place = "\(folder)/\(name)-\(copies).db"
    try FileManager.default.copyItem(atPath: file, toPath: place)
    path = place
    store = try Store(path: place, clock: clock.clock)
    restart()
  }

  /// What calls may use here now.
  var usable: Set<String> {
    get throws {
      guard store.membership?.lease?.holds(at: clock.clock.uptime()) == true else { return [] }
      return Set(try store.leasedNumbers().map(\.e164))
    }
  }

  var marks: (epoch: Int, beat: Int) {
    get throws { try store.read { (try $0.mark(.epoch), try $0.mark(.beat)) } }
  }
}

/// One schedule of steps.
private final class Torture {
  private var random: SeededGenerator
  private let node: EngineNode
  private let clock = TestClock()
  private var victims: [Victim] = []
  private let direct: MariaDB.Connection
  private(set) var checker = Checker()
  private(set) var happened: [String: Int] = [:]
  private(set) var story: [String] = []
  private var calls = 0
  /// Calls whose numbers may be given back: of the checker's grants.
  private var open: [(index: Int, victim: Int, path: String, uniqueID: String)] = []
  /// What each dialer's renewals were when the engine's tables were copied.
  private var copy: [String: (epoch: Int, beat: Int)]?
  private static let tables = ["cluster", "dialer", "number", "item", "demand", "quota", "request", "audit"]

  init(seed: UInt64, _ node: EngineNode, folder: String) throws {
    random = SeededGenerator(seed: seed)
    self.node = node
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    direct = try MariaDB.Connection(
      ConnectionOptions(
        hosts: [.init(name: "127.0.0.1", port: node.port)], user: EngineNode.user, password: EngineNode.password,
        database: EngineNode.database))
    for table in Self.tables {
      try direct.execute("DROP TABLE IF EXISTS callerid_\(table)")
      try direct.execute("DROP TABLE IF EXISTS old_\(table)")
    }
    for name in seed % 3 == 0 ? ["one", "two"] : ["one", "two", "three"] {
      let victim = try Victim(name, in: folder, node, clock)
      let engine = try Engine(victim.options)
      if victims.isEmpty {
        try engine.createTables(leaseSeconds: 3600, at: 1)
        // Of one place there are many, another is scarce.
        for number in numbers("214", 24) + numbers("415", 4) {
          var fields = NumberFields()
          try fields.set(.hourlyLimit, to: "3")
          try fields.set(.dailyLimit, to: "8")
          _ = try victim.store.add(phone(number), fields)
        }
      }
      _ = try ClusterJoining(store: victim.store, engine: engine, name: name).join()
      victims.append(victim)
    }
    for _ in 0..<3 { try workAll(after: 61) }
  }

  private func phone(_ text: String) throws -> PhoneNumber { try PhoneNumber(text, countryCode: "1") }
  private func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  private func tell(_ what: String, _ detail: String = "") {
    happened[what, default: 0] += 1
    story.append("\(clock.clock.now()) \(what) \(detail)")
  }

  // MARK: The schedule

  func play(steps: Int) throws {
    for _ in 0..<steps {
      try step()
      try check()
      if !checker.faults.isEmpty { break }
    }
    if checker.faults.isEmpty { try heal() }
    for victim in victims { victim.proxy.shut() }
  }

  private func step() throws {
    let victim = victims[draw(0...victims.count - 1)]
    switch draw(0...999) {
    case ..<330: for _ in 0..<draw(1...4) { try call(victim) }
    case ..<390: try release()
    case ..<530:
      clock.pass(draw(1...25))
      work(victim)
    case ..<620: try workAll(after: draw(5...70))
    case ..<730: try interrupt(victim, isKilled: true)
    case ..<780: try interrupt(victim, isKilled: false)
    case ..<800: try lose(victim)
    case ..<840: try operate(victim)
    case ..<860: try cutOff(victim)
    case ..<867: try freeze()
    case ..<870: try killEngine()
    case ..<884: try silence(victim)
    case ..<914:
      tell("store backed up", victim.name)
      try victim.backUp()
    case ..<939: try restore(victim)
    case ..<964: try copyEngine()
    case ..<984: try restoreEngine()
    default:
      tell("hours pass")
      clock.pass(draw(1800...40_000))
    }
  }

  private func check() throws {
    checker.checkLeases(try victims.map { ($0.name, try $0.usable) })
  }

  // MARK: What happens every day

  /// Has a daemon do what is due; never for long, whatever it meets.
  private func work(_ victim: Victim, within milliseconds: Int = 4000) {
    MariaDB.Connection.within(milliseconds: milliseconds) {
      do { try victim.dialer.work() } catch { checker.fault("\(victim.name): \(error)") }
    }
  }

  private func workAll(after seconds: Int) throws {
    clock.pass(seconds)
    for victim in victims { work(victim) }
  }

  private func call(_ victim: Victim) throws {
    calls += 1
    var request = Request(destination: ["12145551212", "12145551212", "14155551212"][draw(0...2)])
    request.reservationTTL = [0, 0, 15, 60, 300, 900][draw(0...5)]
    let uniqueID = "\(victim.name)-\(calls)"
    request.uniqueID = CallerText(uniqueID)
    request.asksCluster = draw(0...2) > 0
    var answer = try victim.store.pick(request)
    if case .elsewhere(let wish) = answer {
      MariaDB.Connection.within(milliseconds: 4000) {
        victim.desk.makeReady()
        let isFulfilled = victim.desk.fulfil(wish)
        tell(isFulfilled ? "leased in a call" : "wished in vain", victim.name)
      }
      request.asksCluster = false
      answer = try victim.store.pick(request)
    }
    guard case .granted(let grant) = answer else { return }
    let number = grant.number
    tell("call", "\(victim.name) \(number.phone.e164) request \(grant.request) until \(grant.reservedUntil ?? 0)")
    open.append((checker.grants.count, victims.firstIndex { $0 === victim } ?? 0, victim.path, uniqueID))
    checker.note(
      .init(
        dialer: victim.name, request: grant.request, number: number.phone.e164, at: clock.clock.now(),
        until: grant.reservedUntil ?? 0,
        hourly: number.hourlyLimit.map(\.calls) ?? victim.store.settings.hourlyLimit,
        daily: number.dailyLimit.map(\.calls) ?? victim.store.settings.dailyLimit))
  }

  private func release() throws {
    guard !open.isEmpty else { return }
    let call = open.remove(at: draw(0...open.count - 1))
    let victim = victims[call.victim]
    // Its store may have forgotten it, and then what another store says of a request of that ID is not of it.
    guard victim.path == call.path, let uniqueID = CallerText(call.uniqueID) else { return }
    if try !victim.store.release(uniqueID: uniqueID, outcome: Outcome()).isEmpty {
      tell("release", "\(victim.name) \(checker.grants[call.index].number)")
      checker.release(call.index, at: clock.clock.now())
    }
  }

  /// An operator's change is made on a dialer and told at once.
  private func operate(_ victim: Victim) throws {
    guard
      let number = try victim.store.read({ try $0.clusterNumbers(after: 0, atMost: 100) }).numbers
        .randomElement(using: &random)?.number.e164
    else { return }
    let phone = try self.phone(number)
    var fields = NumberFields()
    switch draw(0...5) {
    case 0:
      tell("rest", number)
      try victim.store.rest([phone], until: clock.clock.now() + draw(60...4000), reason: "by lot")
    case 1:
      tell("wake", number)
      try victim.store.rest([phone], until: 0, reason: "")
    case 2:
      let limit = draw(1...6)
      tell("limit", "\(number) \(limit)")
      try fields.set(.hourlyLimit, to: String(limit))
      _ = try victim.store.change(phone, fields)
    case 3:
      tell("state", number)
      try victim.store.setState(draw(0...1) == 0 ? .disabled : .enabled, of: [phone])
    case 4:
      tell("setting")
      try victim.store.set(.defaultHourlyLimit, to: String(draw(5...20)))
    default:
      let new = try self.phone("214556" + String(format: "%04d", draw(0...9999)))
      guard try victim.store.read({ try $0.clusterNumber(new.e164) }) == nil else { return }
      tell("add", new.e164)
      try fields.set(.hourlyLimit, to: "3")
      _ = try victim.store.add(new, fields)
    }
    if draw(0...3) > 0 { try? ClusterBooks.tell(of: victim.store, to: Engine(victim.options)) }
  }

  // MARK: What fails

  /// A daemon's network ends within what it does, at one of its requests; then, or because, the daemon ends.
  private func interrupt(_ victim: Victim, isKilled: Bool) throws {
    clock.pass(draw(1...2) == 1 ? draw(1...12) : 61)
    let kind: EngineProxy.Trap = draw(0...1) == 0 ? .loseAnswer : .loseRequest
    let (isAtCommit, request) = (draw(0...2) == 0, draw(1...60))
    if isAtCommit, !isKilled {
      victim.proxy.set(kind, at: "COMMIT")
    } else {
      victim.proxy.set(kind, atRequest: request, shuts: isKilled)
    }
    tell(
      isKilled ? "daemon killed within" : "connection cut within",
      "\(victim.name), \(kind) at \(isAtCommit && !isKilled ? "COMMIT" : String(request))")
    if draw(0...3) == 0 { try call(victim) }
    work(victim)
    if isKilled { victim.restart() }
    for _ in 0..<draw(0...2) { try call(victim) }
    victim.proxy.open()
    if draw(0...1) == 0 { work(victim) }
  }

  /// A transaction's end is on its way while its daemon is killed and starts again, and comes late.
  private func lose(_ victim: Victim) throws {
    clock.pass(draw(1...2) == 1 ? draw(1...12) : 61)
    tell("late COMMIT", victim.name)
    victim.proxy.set(.hold, at: "COMMIT")
    work(victim, within: 300)
    victim.restart()
    if draw(0...1) == 0 {
      clock.pass(11)
      for other in victims { work(other, within: 150) }
    }
    try call(victim)
    victim.proxy.open()
    victim.proxy.release()
    work(victim)
  }

  /// One dialer has no network for a while.
  private func cutOff(_ victim: Victim) throws {
    tell("cut off", victim.name)
    if draw(0...3) == 0 { victim.proxy.fallSilent() } else { victim.proxy.shut() }
    for _ in 0..<draw(1...6) {
      clock.pass(draw(5...400))
      for other in victims {
        if other === victim { work(other, within: 60) } else { work(other) }
        try call(other)
      }
      try check()
    }
    victim.proxy.open()
  }

  private func freeze() throws {
    tell("engine frozen")
    node.freeze()
    for victim in victims {
      clock.pass(draw(1...30))
      work(victim, within: 80)
      try call(victim)
    }
    node.thaw()
  }

  private func killEngine() throws {
    tell("engine killed")
    node.kill()
    for victim in victims {
      clock.pass(draw(1...30))
      work(victim)
      try call(victim)
    }
    try startEngine()
    // The first one notices that the connection is gone.
    do { try direct.ping() } catch { try direct.ping() }
  }

  private func startEngine() throws {
    let (node, done) = (node, DispatchSemaphore(value: 0))
    let failure = Mutex<(any Error)?>(nil)
    Task.detached {
      do { try await node.start() } catch { failure.withLock { $0 = error } }
      done.signal()
    }
    done.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// A dialer's daemon is dead until the others have evicted it, while its calls go on; then it comes back.
  private func silence(_ victim: Victim) throws {
    tell("silent until evicted", victim.name)
    let isCut = draw(0...1) == 0
    for _ in 0..<10 {
      clock.pass(draw(380...430))
      for other in victims where other !== victim { work(other) }
      for other in victims { try call(other) }
      try check()
    }
    if draw(0...1) == 0 {
      // Until others have its numbers.
      clock.pass(86_400 - clock.clock.now() % 86_400 + 4000)
      for _ in 0..<3 {
        clock.pass(61)
        for other in victims where other !== victim { work(other) }
        for other in victims { for _ in 0..<3 { try call(other) } }
        try check()
      }
    }
    if isCut { victim.restart() }
    try call(victim)
    work(victim)
    try call(victim)
  }

  private func restore(_ victim: Victim) throws {
    // Where the engine was restored as well and nobody has noticed yet, what this store did is known to nobody.
    guard let backup = victim.backup, try haveNoticed() else { return }
    tell("store restored", victim.name)
    if draw(0...1) == 0 { work(victim) }
    let told = try Checker.books(of: victim.name, direct).map(\.request)
    try checker.throwAway(victim.path, of: victim.name, told: told)
    try victim.restore(backup)
    try call(victim)
  }

  private func copyEngine() throws {
    var beats: [String: (epoch: Int, beat: Int)] = [:]
    for victim in victims { beats[victim.name] = try victim.marks }
    guard try isHealthy() else { return }
    tell("engine copied")
    for table in Self.tables {
      try direct.execute("DROP TABLE IF EXISTS old_\(table)")
      try direct.execute("CREATE TABLE old_\(table) AS SELECT * FROM callerid_\(table)")
    }
    copy = beats
  }

  /// Whether every dialer is one for the engine as for itself.
  private func isHealthy() throws -> Bool {
    let epochs: [String] = try direct.all("SELECT concat(name, epoch) FROM callerid_dialer WHERE state = 'active'") {
      $0[0]
    }
    return try victims.allSatisfy { victim in
      try epochs.contains("\(victim.name)\(victim.marks.epoch)")
        && victim.store.membership?.lease?.holds(at: clock.clock.uptime()) == true
    }
  }

  /// Whether the engine is not older than what any dialer knows.
  private func haveNoticed() throws -> Bool {
    let known: [String: Int] = try Dictionary(
      direct.all("SELECT name, beat FROM callerid_dialer WHERE generation = (SELECT generation FROM callerid_cluster)")
      {
        ($0[0] as String, $0[1] as Int)
      }, uniquingKeysWith: max)
    return try victims.allSatisfy { try known[$0.name] ?? -1 >= $0.marks.beat }
  }

  /// The engine goes back to the copy. Every dialer has renewed its lease since: by that they notice.
  private func restoreEngine() throws {
    guard let copy else { return }
    try workAll(after: 11)
    let haveRenewed = try victims.allSatisfy { victim in
      let (now, then) = (try victim.marks, copy[victim.name] ?? (0, 0))
      return now.epoch > then.epoch || (now.epoch == then.epoch && now.beat > then.beat)
    }
    guard try haveRenewed && isHealthy() else { return }
    tell("engine restored")
    for victim in victims { victim.proxy.cut() }
    try direct.transaction { direct in
      for table in Self.tables {
        try direct.execute("DELETE FROM callerid_\(table)")
        try direct.execute("INSERT INTO callerid_\(table) SELECT * FROM old_\(table)")
      }
    }
    for victim in victims {
      checker.forget(victim.name, but: try Checker.books(of: victim.name, direct).map(\.request))
    }
    // Some report before they renew their leases.
    if draw(0...1) == 0 {
      for victim in victims { for _ in 0..<2 { try call(victim) } }
      try workAll(after: 5)
    }
  }

  // MARK: The end

  private func heal() throws {
    tell("healing")
    for victim in victims { victim.proxy.open() }
    for _ in 0..<4 {
      try workAll(after: 11)
      try check()
    }
    for _ in 0..<16 {
      try workAll(after: 61)
      try check()
    }
    try workAll(after: 6)
    for victim in victims {
      try checker.checkBooks(of: victim.name, path: victim.path, direct)
      if let failure = victim.standing.failure { checker.fault("\(victim.name) is not well: \(failure)") }
    }
    try checker.checkNumbers(victims.map { ($0.name, $0.path) }, direct, now: clock.clock.now())
    try checkDecisions()
    guard checker.faults.isEmpty else { return }
    // Tomorrow nothing stands in the way of anybody's share any more.
    clock.pass(86_400 + 3600 - clock.clock.now() % 86_400)
    for _ in 0..<6 {
      try workAll(after: 61)
      try check()
    }
    for victim in victims where try victim.usable.isEmpty {
      checker.fault("\(victim.name) has no numbers")
    }
  }

  /// What operators have decided is the same everywhere.
  private func checkDecisions() throws {
    let there = try Dictionary(
      direct.all("SELECT e164, fields FROM callerid_number WHERE removed = 0") { ($0[0] as String, $0[1] as String) },
      uniquingKeysWith: { first, _ in first })
    for victim in victims {
      let here = try victim.store.read { try $0.clusterNumbers(after: 0, atMost: 1000) }.numbers.map(\.number)
      for number in here where there[number.e164] != number.fields {
        checker.fault(
          "\(number.e164) is decided otherwise on \(victim.name): \(number.fields), \(there[number.e164] ?? "-")")
      }
      if here.count != there.count { checker.fault("\(victim.name) knows \(here.count) of \(there.count) numbers") }
    }
  }
}
