internal import SQLite

/// Work whose length depends on the size of the store. It is done in many short transactions, and calls are served
/// between them: no call is refused because an operator is at work.
extension Store {
  /// Runs `body` in one transaction after another, until it has nothing left to do.
  ///
  /// - Parameter body: gets how many items it may do, and returns how many it did.
  func inSteps(_ body: (Transaction, _ most: Int) throws -> Int) throws(StoreError) {
    var batch = Batch()
    while true {
      let most = batch.size
      let done = try batch.timed { () throws(StoreError) in try write { try body($0, most) } }
      if done == 0 { return }
      letCallsGoAhead()
      try batch.noteCalls(of: self)
    }
  }

  /// Does something for each item, a few in each transaction.
  func inBatches<Item>(_ items: [Item], _ body: (Transaction, Item) throws -> Void) throws(StoreError) {
    var done = 0
    try inSteps { transaction, most in
      let some = items[done..<min(done + most, items.count)]
      for item in some { try body(transaction, item) }
      done = some.endIndex
      return some.count
    }
  }

  /// Makes a change to each of some numbers. All of them are looked at first, and all or none are changed; only the
  /// machine can stop it on the way, and the same command, given again, then does the rest.
  func change(
    _ what: String, of phones: [PhoneNumber], check: (Number) throws -> Void = { _ in },
    _ body: (Transaction, Number) throws -> Void
  ) throws(StoreError) {
    try read { snapshot in for phone in phones { try check(snapshot.existing(phone)) } }
    var isAudited = false
    try inBatches(phones) { transaction, phone in
      if !isAudited { try transaction.audit(what) }
      isAudited = true
      // Somebody else may have removed it meanwhile.
      guard let number = try transaction.number(phone) else { return }
      try check(number)
      try body(transaction, number)
    }
  }
}

/// How many items are written at once: as many as the store takes in the time that a call may be kept waiting.
struct Batch {
  private(set) var size = 8
  private var version = 0
  /// When another process was last seen to have written.
  private var lastCall = now

  // In nanoseconds. If calls are coming, each batch keeps one waiting; if none are, one might still come.
  private static let allowed = (amongCalls: 20_000_000, otherwise: 100_000_000)
  private static let quietTime = 1_000_000_000
  private static let mostItems = 8192

  mutating func timed<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    let start = Self.now
    let result = try body()
    let end = Self.now
    let allowed = end - lastCall > Self.quietTime ? Self.allowed.otherwise : Self.allowed.amongCalls
    // At most doubled, because one batch says little about the next.
    size = min(max(min(size * allowed / max(1, end - start), size * 2), 1), Self.mostItems)
    return result
  }

  /// Whether another process has written since the last batch.
  mutating func noteCalls(of store: Store) throws(StoreError) {
    do {
      // It changes when another connection has written.
      let version = try store.database.value("PRAGMA data_version") ?? 0
      if version != self.version { lastCall = Self.now }
      self.version = version
    } catch {
      throw StoreError(error)
    }
  }

  private static var now: Int { Int(Monotonic.now) }
}
