import Rotation

/// The calls of the week, and what people do meanwhile.
struct Week {
  let floor: Floor
  let hours: Hours
  let clock: FloorClock
  let calls: Int
  private(set) var counts = Truth.Counts()

  private let store: Store
  private let burnt: Set<String>
  /// So many seconds happen in one transaction. A server, too, answers those together who ask together.
  private let tick: Int
  private var dialer: Dialer
  private var random: SplitMix
  private var errands: ArraySlice<Errand>
  /// The calls that end in a tick.
  private var endings: [Int: [Call]] = [:]

  private struct Call {
    let uniqueID: CallerText
    let ending: Ending
  }

  init(floor: Floor, hours: Hours, path: String, clock: FloorClock, calls: Int) throws {
    self.floor = floor
    self.hours = hours
    self.clock = clock
    self.calls = calls
    clock.set(hours.start)
    store = try Store(path: path, logCopying: .thread, clock: clock.clock)
    burnt = Set(floor.burnt)
    // Some ten calls begin or end in each.
    tick = min(20, max(1, 10 * 250_000 / (2 * calls)))
    dialer = Dialer(floor: floor, calendar: hours.calendar, stream: 0)
    random = SplitMix(seed: floor.seed, of: 5)
    errands = Errand.all(of: floor, in: hours)[...]
  }

  mutating func run() throws {
    // What is left of each campaign's calls when whole ones are made.
    var owed = floor.campaigns.map { _ in random.fraction() }
    for slot in hours.slots {
      try live(until: slot.start)
      var begun: [Int: [FloorCampaign]] = [:]
      for campaign in floor.campaigns {
        owed[campaign.index] += Double(calls) * slot.share * campaign.share
        let count = Int(owed[campaign.index])
        owed[campaign.index] -= Double(count)
        for _ in 0..<count { begun[(slot.start + random.below(slot.seconds)) / tick, default: []].append(campaign) }
      }
      for index in (slot.start / tick)...((slot.start + slot.seconds - 1) / tick) {
        let moment = min(max(index * tick, slot.start), slot.start + slot.seconds - 1)
        try runErrands(until: moment)
        try live(tick: index, at: moment, begun[index] ?? [], slot)
      }
    }
    try live(until: hours.end)
  }

  /// Lets calls end while none begin.
  private mutating func live(until moment: Int) throws {
    for index in endings.keys.sorted() where index * tick < moment {
      try runErrands(until: index * tick)
      try live(tick: index, at: index * tick, [], nil)
    }
    try runErrands(until: moment)
    clock.set(moment)
  }

  private mutating func runErrands(until moment: Int) throws {
    while let errand = errands.first, errand.at <= moment {
      clock.set(max(clock.now, errand.at))
      store.author = errand.who.author
      try errand.what(store)
      store.author = .user
      errands = errands.dropFirst()
    }
  }

  private mutating func live(tick index: Int, at moment: Int, _ begun: [FloorCampaign], _ slot: Hours.Slot?) throws {
    let ended = endings.removeValue(forKey: index) ?? []
    guard !ended.isEmpty || !begun.isEmpty else { return }
    clock.set(max(clock.now, moment))
    let requests = begun.flatMap { campaign in
      dialer.requests(for: campaign, at: moment).map { (campaign: campaign, request: $0) }
    }
    let answers = try store.write { transaction in
      for call in ended { _ = try transaction.release(uniqueID: call.uniqueID, outcome: call.ending.outcome) }
      return try requests.map { try transaction.pick($0.request) }
    }
    copyLog()
    counts.released += ended.count
    for (asked, answer) in zip(requests, answers) {
      take(answer, to: asked.request, of: asked.campaign, at: moment, hour: slot?.hour ?? 12)
    }
  }

  private mutating func take(
    _ answer: Answer, to request: Request, of campaign: FloorCampaign, at moment: Int, hour: Double
  ) {
    switch answer {
    case .refused, .elsewhere: counts.refused += 1
    case .kept: counts.kept += 1
    case .granted(let grant):
      counts.granted += 1
      let number = grant.number.phone.written
      let isBlocked = moment >= hours.burning && burnt.contains(number)
      let ending = Ending(of: campaign, number: number, hour: hour, isBlocked: isBlocked, &random)
      guard let after = ending.after, let uniqueID = request.uniqueID else {
        counts.unreleased += 1
        return
      }
      endings[(moment + after) / tick + 1, default: []].append(Call(uniqueID: uniqueID, ending: ending))
    }
  }

  /// As the server has it done by a thread.
  private func copyLog() {
    store.handOnLog { _ in
      Store.copyLog(ofStore: store.path)
      store.endHandedOnLog()
    }
  }
}
