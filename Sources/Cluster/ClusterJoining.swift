import MariaDB
package import Rotation

/// Becoming a dialer of a cluster, and ceasing to be one: what an operator's commands do.
package struct ClusterJoining {
  let store: Store
  let engine: Engine
  let name: String

  package init(store: Store, engine: Engine, name: String) {
    self.store = store
    self.engine = engine
    self.name = name
  }

  /// What of this store is other than in the cluster.
  package struct Contradiction: Sendable {
    package let what: String
    package let here: String
    package let there: String
  }

  package struct Result: Sendable {
    /// Numbers that the cluster did not have.
    package var brought = 0
    /// Numbers that it had already.
    package var shared = 0
  }

  /// What stands in the way of joining: the same number, setting or campaign, decided otherwise here and there.
  ///
  /// - Parameter progress: is told how many numbers were compared.
  package func contradictions(progress: (Int) -> Void = { _ in }) throws -> [Contradiction] {
    var found: [Contradiction] = []
    let there = try engine.items()
    for item in try store.read({ try $0.items() }) {
      let other = there.first { $0.kind == item.kind && $0.name.isSameName(as: item.name) }
      guard let other, other.value != item.value else { continue }
      found.append(
        Contradiction(
          what: "\(item.kind.rawValue) \(item.name)", here: Self.line(item.value), there: Self.line(other.value)))
    }
    try eachPage { page in
      let known = try engine.numbers(page.map(\.number.e164))
      for (number, _) in page {
        guard let other = known.first(where: { $0.e164 == number.e164 }), other != number else { continue }
        let (here, there) = Self.difference(number.fields, other.fields)
        found.append(Contradiction(what: number.written, here: here, there: there))
      }
      progress(page.count)
    }
    return found
  }

  /// Brings this store's numbers, with what was counted of them, and makes it a dialer's. What the cluster has already
  /// counts there as it stands there.
  ///
  /// - Parameter progress: is told how many numbers were brought.
  /// - Throws: `refused` where the cluster has a dialer of this name.
  package func join(progress: (Int) -> Void = { _ in }) throws -> Result {
    let dialer = try engine.join(name, program: Version.text.description)
    var result = Result()
    var changes = Engine.Changes()
    let known = try engine.items()
    changes.items = try store.read { try $0.items() }.filter { item in
      !known.contains { $0.kind == item.kind && $0.name.isSameName(as: item.name) }
    }
    try engine.tell(changes)
    try eachPage { page in
      var changes = Engine.Changes()
      let known = Set(try engine.numbers(page.map(\.number.e164)).map(\.e164))
      changes.numbers = page.filter { !known.contains($0.number.e164) }.map { ($0.number.e164, $0.number) }
      let states = Dictionary(page.map { ($0.number.e164, $0.state) }, uniquingKeysWith: { first, _ in first })
      try engine.tell(changes, newOnesOf: dialer, states: states)
      result.brought += changes.numbers.count
      result.shared += known.count
      progress(page.count)
    }
    // From here on the store gives out what the engine says is its own. Until its daemon has a lease that is nothing.
    guard let membership = Membership(dialer: name) else { throw ClusterError.unknownDialer(name) }
    let last = try engine.lastRequest(of: dialer)
    try store.write { try $0.skipRequests(upTo: last) }
    try store.become(
      membership,
      marks: [
        .dialer: dialer.id, .epoch: dialer.epoch, .generation: dialer.generation, .beat: 1, .followed: 0, .told: last,
      ], held: try engine.held(by: dialer))
    return result
  }

  private func eachPage(_ body: ([(number: ClusterNumber, state: NumberState)]) throws -> Void) throws {
    var next: Int? = 0
    while let last = next {
      let page = try store.read { try $0.clusterNumbers(after: last, atMost: Engine.mostTold) }
      if !page.numbers.isEmpty { try body(page.numbers) }
      next = page.last
    }
  }

  private static func line(_ value: String?) -> String {
    (value ?? "").split(separator: "\n").joined(separator: " ")
  }

  /// The fields that differ, as they are here and there.
  private static func difference(_ here: String, _ there: String) -> (String, String) {
    let (own, others) = (ClusterText.read(here), ClusterText.read(there))
    let names = own.filter { field in others.first { $0.name == field.name }?.value != field.value }.map(\.name)
    func line(_ values: [(name: String, value: String)]) -> String {
      names.map { name in "\(name)=\(values.first { $0.name == name }?.value ?? "")" }.joined(separator: " ")
    }
    return names.isEmpty ? ("written otherwise", "") : (line(own), line(others))
  }
}

// MARK: Leaving

extension ClusterJoining {
  /// Gives back every number, and ceases to be a dialer. The store keeps its numbers, asleep: they are the cluster's.
  ///
  /// - Parameter wait: is called while calls still hold numbers, with how many; it returns false to go on without them:
  ///   nobody gets these before tomorrow.
  /// - Returns: how many were given back.
  package func leave(wait: (Int) -> Bool) throws -> Int {
    let dialer = Dialer(store: store, options: engine.connection.options, standing: Standing()) { _, _ in }
    let (id, _, _) = try dialer.marks()
    try dialer.tell()
    let count = try store.leasedNumbers().count
    // The daemon beside gets no numbers any more from here on.
    try store.write { try $0.keep(.leaving, 1) }
    try dialer.dropLeases(isTold: true)
    try dialer.report(as: id)
    try dialer.giveBack(as: id)
    while case let left = try store.read({ try $0.notes(.givenUp, atMost: .max).count }), left > 0, wait(left) {
      try dialer.giveBack(as: id)
    }
    try dialer.report(as: id)
    let until = store.unsettledUntil(leaseSeconds: try engine.facts().leaseSeconds)
    _ = try engine.evict(id.id, ifBeatIs: nil, unsettledUntil: until, as: "left")
    try store.leaveCluster(hasNumbers: false)
    return count
  }

  /// Makes this dialer, the last one of its cluster, a single machine again, with all numbers.
  ///
  /// - Throws: `refused` while there are others.
  /// - Returns: how many numbers it has now.
  package func leaveLast() throws -> Int {
    let dialer = Dialer(store: store, options: engine.connection.options, standing: Standing()) { _, _ in }
    let (id, _, _) = try dialer.marks()
    let others = try engine.dialers().filter { $0.isActive && $0.id != id.id }.map(\.name)
    guard others.isEmpty else {
      throw ClusterError.refused(
        "the cluster has other dialers: \(others.joined(separator: ", ")). Let them leave, or evict them, first")
    }
    try dialer.tell()
    try dialer.follow()
    try dialer.report(as: id)
    _ = try store.take(try engine.free(), epoch: id.epoch)
    // From here on this store is the truth: the engine must not lease to anybody what is used here.
    try engine.dissolve()
    try store.leaveCluster(hasNumbers: true)
    return try store.statistics().counts.numbers
  }
}

extension Engine {
  /// All numbers that no dialer has.
  func free() throws -> [LeasedNumber] { try held(by: DialerID(id: 0, epoch: -1, generation: 0)) }

  /// Ends the cluster: what its dialers have done stays, what they share goes.
  func dissolve() throws {
    try connection.transaction { connection in
      for table in ["number", "item", "demand", "quota"] { try connection.run("DELETE FROM callerid_\(table)") }
      try connection.run("UPDATE callerid_dialer SET state = 'left', epoch = epoch + 1")
    }
  }
}
