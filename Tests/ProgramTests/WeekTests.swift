import Foundation
import Rotation
import TestSupport
import Testing

/// The week that `callerid-week` makes up: what other tests and people look for in it is there.
@Suite(.timeLimit(.minutes(20)))
struct WeekTests {
  @Test func aWeekHoldsWhatItsTruthSays() async throws {
    let week = try await MadeWeek(numbers: 1000, calls: 12_000)
    #expect(week.truth.blocked.count == 10)
    try theTenNumbersAndNoOthersAreBlocked(week)
    try theAreaIsDryFromElevenOnEachWeekday(week)
    try callsAreOfEveryKind(week)

    let rows = try #require(
      try await week.admin("stats", "--by", "campaign", "--since", "60d", "--json") as? [[String: Any]])
    #expect(rows.filter { $0["campaign"] is String }.count == 41)
    #expect(rows.compactMap { $0["granted"] as? Int }.reduce(0, +) == week.truth.counts.granted)
    let states = try #require(try await week.admin("stats", "--json") as? [String: Any])
    #expect(states["numbers"] as? Int == 1000)
    #expect(states["resting"] as? Int ?? 0 > 10)
    #expect(states["disabled"] as? Int ?? 0 > 10)

    try nothingIsWrong(week)
    let again = try await run(Program.week.path, ["make", week.store])
    #expect(again.status == 1)
    #expect(again.errors.contains("exists"))

    let before = try week.count("SELECT count(*) FROM request")
    let live = try await run(Program.week.path, ["live", week.store, "--rate", "40", "--seconds", "2"])
    #expect(live.status == 0, "\(live.errors)")
    #expect(try week.count("SELECT count(*) FROM request") > before + 10)
    try nothingIsWrong(week)
  }

  @Test func theSameOptionsMakeTheSameRowsAndAnotherSeedOthers() async throws {
    async let first = MadeWeek(numbers: 800, calls: 5000)
    async let second = MadeWeek(numbers: 800, calls: 5000)
    async let other = MadeWeek(numbers: 800, calls: 5000, seed: 8)
    let (one, two, three) = try await (first.rows(), second.rows(), other.rows())
    #expect(one.count > 5000)
    #expect(one == two)
    #expect(one != three)
  }

  @Test func aWeekThatCannotBeIsRefused() async throws {
    for options in [
      ["--calls", "100"], ["--numbers", "10"], ["--campaigns", "2"], ["--zone", "Nowhere"], ["--end", "x"],
    ] {
      let finished = try await run(Program.week.path, ["make", "/tmp/callerid-no-week.db"] + options)
      #expect(finished.status == 64, "\(options)")
      #expect(finished.errors.contains(options[0]) || finished.errors.contains("zone"))
    }
    let live = try await run(Program.week.path, ["live", "/tmp/callerid-no-week.db"])
    #expect(live.status == 1)
    #expect(live.errors.contains("truth.json"))
  }

  // MARK: What is looked at

  private func theTenNumbersAndNoOthersAreBlocked(_ week: MadeWeek) throws {
    let begin = try #require(week.truth.blocked.first.flatMap { try? Date($0.from, strategy: .iso8601) })
    let moment = Int(begin.timeIntervalSince1970)
    let local = week.calendar.local(moment)
    #expect((local.hour, local.minute) == (10, 0))
    #expect((CivilDate(year: local.year, month: local.month, day: local.day).days + 4) % 7 == 3)
    let ten = Set(week.truth.blocked.map(\.number))
    var (before, answeredBefore, after, answeredAfter) = (0, 0, 0, 0)
    for number in try week.numbers(dividedAt: moment) {
      let isMuch = number.blockedAfter * 10 > number.after * 4 && number.after >= 10
      #expect(isMuch == ten.contains(number.callerID), "\(number)")
      guard ten.contains(number.callerID) else { continue }
      #expect(number.before > 25 && number.after > 25, "\(number)")
      before += number.before
      answeredBefore += number.answeredBefore
      after += number.after
      answeredAfter += number.answeredAfter
    }
    // A fifth is left of the rate, give or take what chance does to so few calls.
    #expect(answeredBefore * 5 > before)
    #expect(answeredAfter * before * 5 < answeredBefore * after * 2)
  }

  private func theAreaIsDryFromElevenOnEachWeekday(_ week: MadeWeek) throws {
    let firsts = try week.firstRefusals(inArea: week.truth.dryArea.areaCode)
    let weekdays = firsts.filter { (1...5).contains($0.weekday) }
    #expect(Set(weekdays.map(\.weekday)) == [1, 2, 3, 4, 5])
    for day in weekdays { #expect((10 * 60 + 30...11 * 60 + 30).contains(day.minute), "\(day)") }
  }

  private func callsAreOfEveryKind(_ week: MadeWeek) throws {
    let counts = week.truth.counts
    #expect(try week.count("SELECT count(*) FROM request WHERE status = 'OK'") == counts.granted)
    #expect(try week.count("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == counts.released)
    #expect((15...50).contains(counts.unreleased * 1000 / counts.granted))
    for status in ["KEPT", "RATE_LIMITED", "NONE_AVAILABLE", "BAD_REQUEST"] {
      #expect(try week.count("SELECT count(*) FROM request WHERE status = ?", status) > 0, "\(status)")
    }
    for status in ["ANSWER", "NOANSWER", "BUSY", "CANCEL", "CONGESTION", "CHANUNAVAIL"] {
      #expect(try week.count("SELECT count(*) FROM request WHERE dial_status = ?", status) > 20, "\(status)")
    }
    for match in ["area", "region", "any", "sticky"] {
      #expect(try week.count("SELECT count(*) FROM request WHERE match = ?", match) > 0, "\(match)")
    }
    #expect(try week.count("SELECT count(DISTINCT agent_id) FROM request") > 50)
    #expect(try week.count("SELECT count(DISTINCT day) FROM daily_usage") >= 5)
    #expect(try week.count("SELECT count(DISTINCT who) FROM audit") >= 4)
    #expect(try week.count("SELECT count(*) FROM number WHERE state = 'retired'") > 10)
    #expect(try week.count("SELECT count(*) FROM number WHERE e164 LIKE '44%'") > 10)
    #expect(try week.count("SELECT count(*) FROM request WHERE call_code IS NULL") == 0)
  }

  private func nothingIsWrong(_ week: MadeWeek) throws {
    let store = try Store(path: week.store)
    #expect(try store.checkLanes().isRight)
    for finding in try store.contentFindings() { #expect(finding.level != .problem, "\(finding)") }
  }
}
