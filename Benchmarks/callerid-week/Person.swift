import Rotation

/// Who has a hand in the store besides the calls.
enum Person: String {
  case maria, tom, dev
  case nightShift = "night-shift"

  var author: Author { CallerText(rawValue).map { .named($0) } ?? .user }
}

/// What somebody does at a moment of the week.
struct Errand {
  let at: Int
  let who: Person
  let what: (Store) throws -> Void

  /// All of the week, in the order of time.
  static func all(of floor: Floor, in hours: Hours) -> [Errand] {
    (hours.days.flatMap { nightly($0, hours) + daily($0, floor, hours) }).filter { (hours.start..<hours.end) ~= $0.at }
      .sorted { $0.at < $1.at }
  }

  /// What cron does.
  private static func nightly(_ day: Hours.Day, _ hours: Hours) -> [Errand] {
    [
      Errand(at: hours.moment(day, 0, 5), who: .nightShift) { store in
        guard let lock = try MaintenanceLock(ofStore: store.path) else { return }
        defer { withExtendedLifetime(lock) {} }
        _ = try store.maintain(backupFolder: nil, keep: 1)
      }
    ]
  }

  private static func daily(_ day: Hours.Day, _ floor: Floor, _ hours: Hours) -> [Errand] {
    func errand(_ hour: Int, _ minute: Int, _ who: Person, _ what: @escaping (Store) throws -> Void) -> Errand {
      Errand(at: hours.moment(day, hour, minute), who: who, what: what)
    }
    /// Some numbers that nothing is to be found out about, others each day.
    func some(_ count: Int, ofWeekday weekday: Int? = nil) throws -> [PhoneNumber] {
      let numbers = floor.numbers.filter { !$0.isSubject && $0.state == "enabled" && !$0.written.hasPrefix("+") }
      var random = SplitMix(seed: floor.seed, of: 6, weekday ?? day.weekday)
      return try (0..<count).map { _ in try PhoneNumber(random.pick(numbers).written) }
    }
    func set(_ store: Store, _ campaign: String, _ setting: CampaignSetting, _ text: String) throws {
      guard let name = CallerText(campaign), floor.campaigns.contains(where: { $0.name == campaign }) else { return }
      _ = try store.set([(setting, text)], of: name)
    }
    switch day.weekday {
    case 1:
      return [
        errand(8, 20, .tom) { store in
          try store.rest(some(12), until: store.moment.now + 3 * 86_400, reason: "complaints")
        },
        errand(14, 5, .maria) { store in try set(store, "TRAVEL", .hourlyLimit, "2000") },
      ]
    case 2:
      return [
        errand(9, 40, .maria) { store in try set(store, "SURVEY", .match, "region") },
        errand(16, 15, .tom) { store in
          try store.rest(
            some(25), until: store.moment.now + 14 * 86_400, reason: "labelled as spam, remediation asked for")
        },
      ]
    case 3:
      return [
        errand(11, 30, .dev) { store in try store.set(.agentCallsPerMinute, to: "60") },
        errand(17, 50, .tom) { store in try store.setState(.disabled, of: some(8)) },
      ]
    case 4:
      return [
        errand(9, 10, .maria) { store in try store.setState(.retired, of: some(20)) },
        errand(13, 25, .tom) { store in
          try store.rest(some(10), until: store.moment.now + 7 * 86_400, reason: "carrier asks")
        },
      ]
    case 5:
      return [
        errand(10, 55, .dev) { store in try set(store, "WINBACK", .reservationTTL, "180") },
        errand(15, 5, .tom) { store in
          // Those of Monday whose complaints are settled.
          try store.rest(some(3, ofWeekday: 1), until: store.moment.now, reason: "")
        },
      ]
    default: return []
    }
  }
}
