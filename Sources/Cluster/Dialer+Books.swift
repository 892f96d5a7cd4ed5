import MariaDB
package import Rotation

/// Telling and following.
extension Dialer {
  /// Tells what operators have changed here.
  func tell() throws { try ClusterBooks.tell(of: store, to: try engine()) }

  /// Follows what operators have changed elsewhere.
  func follow() throws {
    let engine = try engine()
    while let changes = try engine.changes(since: try marks().followed) {
      for left in try store.follow(changes.numbers) + store.follow(changes.items) {
        log(.error, "cannot follow the cluster: \(left)")
      }
      try store.write { try $0.keep(.followed, changes.version) }
    }
  }

  /// Tells what calls have done here.
  ///
  /// - Parameter reporting: who has done it; nil: the dialer as it was with the last renewal.
  func report(as reporting: DialerID? = nil) throws {
    let engine = try engine()
    // No more at once than what comes in a minute of the busiest dialer: the lease must be renewed between.
    for _ in 0..<20 {
      let dialer = try reporting ?? member().dialer
      let (_, beat, followed) = try marks()
      var report = Engine.Report()
      var (ended, audited): ([(key: String, value: String)], [(key: String, value: String)]) = ([], [])
      try store.read { snapshot in
        report.requests = try snapshot.clusterRequests(after: snapshot.mark(.told), atMost: Engine.mostReported)
        ended = try snapshot.notes(.ended, atMost: Engine.mostReported - report.requests.count)
        report.requests += try ended.compactMap { try Int($0.key).flatMap { try snapshot.clusterRequest($0) } }
        report.states = try snapshot.states(of: Array(Set(report.requests.compactMap(\.e164))))
        audited = try snapshot.notes(.audit, atMost: 100)
        report.audit = try audited.compactMap { try Int($0.key).flatMap { try snapshot.auditEntry($0) } }
      }
      if ended.isEmpty, audited.isEmpty, report.isEmpty { return }
      try engine.keep(report, of: dialer, beat: beat, followed: followed)
      try store.write { transaction in
        if let last = report.requests.map(\.id).max(), try last > transaction.mark(.told) {
          try transaction.keep(.told, last)
        }
        try transaction.forget(.ended, ended)
        try transaction.forget(.audit, audited)
      }
      if report.requests.count < Engine.mostReported, audited.count < 100 { return }
    }
  }

  /// Has this dialer's parts of the limits that campaigns have over all dialers.
  func shareLimits() throws {
    let campaigns = try store.read { try $0.limitedCampaigns() }
    guard !campaigns.isEmpty else { return }
    let engine = try engine()
    let (dialer, _) = try member()
    let dialers = try engine.dialers().count(where: \.isActive)
    let share = dialers > 1 ? 0.5 / Double(dialers) : 1
    let (moment, ahead) = (store.moment, store.moment(in: 60))
    for campaign in campaigns {
      var quota = CampaignQuota()
      func part(_ limit: Int?, _ length: String, _ use: Usage, _ windows: [Range<Int>]) throws -> [Usage] {
        guard let limit else { return [] }
        return try windows.map { window in
          let calls = try engine.quota(
            of: campaign.name.text, limit: limit, length: length, startedAt: window.lowerBound, for: dialer,
            used: use.calls(in: window), share: share)
          return Usage(window: window.lowerBound, calls: calls)
        }
      }
      let hours = Self.each(moment.windows.hour, ahead.windows.hour)
      let days = Self.each(moment.windows.day, ahead.windows.day)
      quota.hours = try part(campaign.terms.hourlyLimit, "h", campaign.thisHour, hours)
      quota.days = try part(campaign.terms.dailyLimit, "d", campaign.today, days)
      if quota != campaign.terms.quota { try store.write { try $0.keep(quota, of: campaign) } }
    }
  }

  private static func each(_ now: Range<Int>, _ next: Range<Int>) -> [Range<Int>] { now == next ? [now] : [now, next] }
}

/// What operators have decided, told by whoever has the store and the engine: the loop, or a command.
package enum ClusterBooks {
  /// Tells what was changed since it was last told.
  package static func tell(of store: Store, to engine: Engine) throws {
    while true {
      var changes = Engine.Changes()
      var told: [(kind: ClusterNote, notes: [(key: String, value: String)])] = []
      try store.read { snapshot in
        func notes(_ kind: ClusterNote) throws -> [(key: String, value: String)] {
          let notes = try snapshot.notes(kind, atMost: Engine.mostTold)
          if !notes.isEmpty { told.append((kind, notes)) }
          return notes
        }
        let rests = Set(try notes(.rest).map(\.key))
        let numbers = Set(try notes(.number).map(\.key)).union(rests)
        for e164 in numbers.sorted() {
          var number = try snapshot.clusterNumber(e164)
          if !rests.contains(e164) { number?.rest = nil }
          changes.numbers.append((e164, number))
        }
        for kind in ClusterItem.Kind.allCases {
          changes.items += try notes(kind.note).map { try snapshot.item(kind, $0.key) }
        }
      }
      if told.isEmpty { return }
      try engine.tell(changes)
      try store.write { transaction in
        for (kind, notes) in told { try transaction.forget(kind, notes) }
      }
    }
  }

  /// Tells all that is decided here, to an engine that has forgotten some of it.
  ///
  /// - Parameters:
  ///   - onlyUnknown: tells only the numbers that the engine does not know at all: others may have changed the rest since.
  ///   - unsettledUntil: nobody gets these before that, unless a dialer says that it holds them.
  static func tellAll(of store: Store, to engine: Engine, onlyUnknown: Bool, unsettledUntil: Int) throws {
    var next: Int? = 0
    while let last = next {
      let page = try store.read { try $0.clusterNumbers(after: last, atMost: Engine.mostTold) }
      var changes = Engine.Changes()
      let known = onlyUnknown ? try engine.known(page.numbers.map(\.number.e164)) : []
      changes.numbers = page.numbers.filter { !known.contains($0.number.e164) }.map { number, _ in
        var number = number
        // Who holds it says how long it rests.
        number.rest = nil
        return (number.e164, number)
      }
      try engine.tell(changes, unsettledUntil: unsettledUntil)
      next = page.last
    }
    if onlyUnknown { return }
    var changes = Engine.Changes()
    changes.items = try store.read { try $0.items() }
    try engine.tell(changes)
  }
}
