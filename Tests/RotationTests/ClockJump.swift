import Testing

@testable import Rotation

/// What becomes of a machine's clock, in the zone of its store.
struct ClockJump: Sendable, CustomTestStringConvertible {
  let name: String
  var zone = "UTC"
  /// When calls have used up what they may; the clock is right then, or wrong.
  var start = monday
  /// What it is set to, one after the other, each after calls have used up again what they may.
  let stops: [Int]

  var testDescription: String { name }

  /// 2026-03-02 15:30:40 UTC.
  private static let monday = 1_772_465_440
  private static let (hour, day, year) = (3600, 86_400, 31_536_000)

  static let all = [
    ClockJump(name: "back 1 s", stops: [monday - 1]),
    ClockJump(name: "back 1 s, into the hour before", start: monday - 1840, stops: [monday - 1841]),
    ClockJump(name: "back half an hour, within the hour", stops: [monday - 1800]),
    ClockJump(name: "back an hour", stops: [monday - hour]),
    ClockJump(name: "back a day", stops: [monday - day]),
    ClockJump(name: "back a day, but for an hour", stops: [monday - day + hour]),
    ClockJump(name: "back a year", stops: [monday - year]),
    ClockJump(name: "back an hour, thrice", stops: [monday - hour, monday - 2 * hour, monday - 3 * hour]),
    ClockJump(name: "forward an hour, and right again", stops: [monday + hour, monday + 20]),
    ClockJump(name: "forward a month, and right again", stops: [monday + 30 * day, monday + 20]),
    ClockJump(name: "forward a year", stops: [monday + year]),
    ClockJump(name: "to 1970, and right again", stops: [0, monday + 20]),
    ClockJump(name: "from 1970 to what is right", start: 0, stops: [monday]),
    ClockJump(name: "from 1970 to what is right, west of it", zone: "America/New_York", start: 40, stops: [monday]),
    // Ten minutes before the clocks are put on or back, and ten after; then by hand to where they were.
    ClockJump(
      name: "spring in New York", zone: "America/New_York", start: 1_772_952_600, stops: [1_772_953_800, 1_772_952_660]),
    ClockJump(
      name: "autumn in New York", zone: "America/New_York", start: 1_793_512_200, stops: [1_793_513_400, 1_793_512_260]),
    ClockJump(
      name: "spring on Lord Howe", zone: "Australia/Lord_Howe", start: 1_791_040_800,
      stops: [1_791_042_000, 1_791_040_860]),
    ClockJump(
      name: "autumn on Lord Howe", zone: "Australia/Lord_Howe", start: 1_775_314_200,
      stops: [1_775_315_400, 1_775_314_260]),
    // Ten minutes around both midnights of 2028-02-29.
    ClockJump(name: "into a leap day and back", start: 1_835_394_600, stops: [1_835_395_800, 1_835_394_660]),
    ClockJump(name: "out of a leap day and back", start: 1_835_481_000, stops: [1_835_482_200, 1_835_481_060]),
    ClockJump(name: "back from a leap day by a year", start: 1_835_438_400, stops: [1_835_438_400 - year]),
  ]
}

/// What keeps a call from getting a number.
struct Barrier: Sendable, CustomTestStringConvertible {
  /// How long at most: the limit's window, or as many seconds.
  enum Bound: Sendable {
    case hour, day
    case seconds(Int)
  }

  let name: String
  var numbers = ["2145550101 hourly_limit=none daily_limit=none"]
  var settings: [(Setting, String)] = []
  var terms: [(CampaignSetting, String)] = []
  var ttl = 0
  /// What becomes of each call.
  var ending: String?
  /// Clears all counters after each jump, as an operator does.
  var isReset = false
  /// The most calls at one moment.
  let most: Int
  let bound: Bound

  var testDescription: String { name }

  func seconds(in windows: Windows) -> Int {
    let seconds =
      switch bound {
      case .hour: windows.hour.count
      case .day: windows.day.count
      case .seconds(let seconds): seconds
      }
    // A clock is set back by a few seconds every day, and nothing is cut short for that.
    return seconds + Clock.correction
  }

  static let all = [
    Barrier(name: "hourly limit", numbers: ["2145550101 hourly_limit=2"], most: 2, bound: .hour),
    Barrier(name: "daily limit", numbers: ["2145550101 hourly_limit=none daily_limit=2"], most: 2, bound: .day),
    Barrier(name: "hourly limit, reset", numbers: ["2145550101 hourly_limit=2"], isReset: true, most: 2, bound: .hour),
    Barrier(name: "reservation", ttl: 120, most: 1, bound: .seconds(120)),
    Barrier(
      name: "reservations", numbers: ["2145550101 hourly_limit=none daily_limit=none max_concurrent=3"], ttl: 3600,
      most: 3, bound: .seconds(3600)),
    Barrier(
      name: "reservation and hourly limit", numbers: ["2145550101 hourly_limit=2 max_concurrent=2"], ttl: 900, most: 2,
      bound: .hour),
    Barrier(
      name: "rest by a rule",
      settings: [
        (.restBelowAnswerRate, "50"), (.restAfterCalls, "2"), (.restPoolShare, "100"), (.restDays, "1"),
      ], ending: "BUSY", most: 2, bound: .seconds(86_400)),
    Barrier(
      name: "warm-up", numbers: ["2145550101 hourly_limit=none daily_limit=3"],
      settings: [(.warmUpDays, "2"), (.warmUpStart, "1")], most: 3, bound: .day),
    Barrier(
      name: "proof of ownership",
      numbers: ["2145550101 hourly_limit=2 verified_at=2026-03-02 attestation=A authorized_by=us callback=yes"],
      settings: [
        (.requireVerification, "yes"), (.requireAttestation, "A"), (.requireAuthorization, "yes"),
        (.requireCallback, "yes"),
      ], most: 2, bound: .hour),
    Barrier(name: "campaign's hourly limit", terms: [(.hourlyLimit, "2")], most: 2, bound: .hour),
    Barrier(name: "campaign's daily limit", terms: [(.dailyLimit, "2")], most: 2, bound: .day),
    Barrier(name: "campaign's hourly limit of a number", terms: [(.numberHourlyLimit, "2")], most: 2, bound: .hour),
    Barrier(name: "campaign's daily limit of a number", terms: [(.numberDailyLimit, "2")], most: 2, bound: .day),
    Barrier(
      name: "campaign's reservation",
      terms: [(.numberDailyLimit, "500"), (.reservationTTL, "300")], ttl: 300, most: 1, bound: .seconds(300)),
    Barrier(name: "agent's calls a minute", settings: [(.agentCallsPerMinute, "2")], most: 2, bound: .seconds(60)),
    Barrier(name: "agent's number", terms: [(.sticky, "agent")], ttl: 120, most: 1, bound: .seconds(120)),
    Barrier(name: "destination's number", terms: [(.sticky, "destination")], ttl: 120, most: 1, bound: .seconds(120)),
  ]
}
