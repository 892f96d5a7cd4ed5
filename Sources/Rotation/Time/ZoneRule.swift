/// The rule that a zone follows from now on: one offset, or two that alternate each year on given days. The text at the
/// end of a zone's file, such as `CST6CDT,M3.2.0,M11.1.0` (POSIX, "TZ"; RFC 8536, section 3.3.1, for hours beyond a
/// day).
struct ZoneRule: Sendable {
  /// Seconds east of UTC.
  let standardOffset: Int
  private let summer: Summer?

  private struct Summer {
    let offset: Int
    let begin: Day
    let end: Day
  }

  init(standardOffset: Int) {
    self.standardOffset = standardOffset
    summer = nil
  }

  /// - Returns: `nil` if the text is not such a rule.
  init?(_ text: some Sequence<UInt8>) {
    var reader = Reader(Array(text))
    guard reader.name(), let west = reader.time() else { return nil }
    standardOffset = -west
    guard !reader.isAtEnd else {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    let offset = reader.isNext(",") ? standardOffset + 3600 : reader.time().map { -$0 }
    guard let offset, reader.take(","), let begin = Day(&reader), reader.take(","), let end = Day(&reader) else {
      return nil
    }
    summer = Summer(offset: offset, begin: begin, end: end)
  }

  /// Seconds east of UTC at a moment.
  func offset(at moment: Int) -> Int {
    guard let summer else { return standardOffset }
    let year = CivilDate(ofDay: (moment + standardOffset).flooredQuotient(by: 86_400)).year
    let begin = summer.begin.moment(inYear: year) - standardOffset
    let end = summer.end.moment(inYear: year) - summer.offset
    let isSummer = begin < end ? begin <= moment && moment < end : !(end <= moment && moment < begin)
    return isSummer ? summer.offset : standardOffset
  }

  /// The day and the local time of a change.
  private struct Day {
    private enum Rule {
      /// The fifth is the last.
      case weekday(month: Int, week: Int, weekday: Int)
      /// From 1; 29 February is never counted.
      case ofYear(Int)
      /// From 0; it is.
      case ofLeapYear(Int)
    }

    private let rule: Rule
    /// Seconds after midnight.
    private let time: Int

    init?(_ reader: inout Reader) {
      if reader.take("M") {
        guard let month = reader.number(1...12), reader.take("."), let week = reader.number(1...5), reader.take("."),
          let weekday = reader.number(0...6)
        else { return nil }
        rule = .weekday(month: month, week: week, weekday: weekday)
      } else if reader.take("J") {
        guard let day = reader.number(1...365) else { return nil }
        rule = .ofYear(day)
      } else {
        guard let day = reader.number(0...365) else { return nil }
        rule = .ofLeapYear(day)
      }
      guard reader.take("/") else {
        time = 7200
        return
      }
      guard let time = reader.time() else { return nil }
      self.time = time
    }

    /// Seconds since 1970-01-01 by the local clock.
    func moment(inYear year: Int) -> Int {
      let first = CivilDate(year: year, month: 1, day: 1).days
      let day =
        switch rule {
        case .ofLeapYear(let day): first + day
        case .ofYear(let day):
          first + day - 1 + (day >= 60 && CivilDate(year: year, month: 3, day: 1).days - first == 60 ? 1 : 0)
        case .weekday(let month, let week, let weekday): Self.day(weekday, ofWeek: week, ofMonth: month, year)
        }
      return day * 86_400 + time
    }

    private static func day(_ weekday: Int, ofWeek week: Int, ofMonth month: Int, _ year: Int) -> Int {
      let first = CivilDate(year: year, month: month, day: 1).days
      let next =
        month == 12 ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1)
      // 1970-01-01 was a Thursday.
      let wait = (weekday - first - 4).flooredRemainder(by: 7)
      let day = first + wait + (week - 1) * 7
      return day < next.days ? day : day - 7
    }
  }

  /// Reads the text from its beginning.
  private struct Reader {
    private var rest: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    func isNext(_ sign: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: sign) }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
      guard isNext(sign) else { return false }
      rest.removeFirst()
      return true
    }

    /// Letters, or anything between angle brackets.
    mutating func name() -> Bool {
      if take("<") {
        rest = rest.drop { $0 != UInt8(ascii: ">") }
        return take(">")
      }
      let count = rest.count
      rest = rest.drop { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
      return rest.count < count
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      guard (1...3).contains(digits.count) else { return nil }
      let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      return range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]`, in seconds.
    mutating func time() -> Int? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard let hours = number(0...167) else { return nil }
      var seconds = hours * 3600
      for unit in [60, 1] where isNext(":") {
        _ = take(":")
        guard let value = number(0...59) else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }
  }
}
