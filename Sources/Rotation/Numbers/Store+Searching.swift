internal import SQLite

/// Which numbers are wanted.
package struct NumberFilter: Sendable {
  /// What a number begins with, with or without the country code of the settings; empty: anything.
  package var digits = ""
  /// The name of its pool; nil: any.
  package var pool: String?
  /// Whether calls can get it now; nil: either.
  package var isFree: Bool?

  package init() {}
}

/// A part of what a filter lets pass.
package struct FoundNumbers: Sendable {
  package fileprivate(set) var numbers: [Number] = []
  package fileprivate(set) var looked = 0
  /// The digits after which the search goes on; nil: all were looked through.
  package fileprivate(set) var next: String?
}

extension Store {
  /// The numbers that a filter lets pass, in the order of their digits.
  ///
  /// - Parameters:
  ///   - after: the digits with the country code after which they stand; nil: from the first on.
  ///   - most: how many numbers are looked through.
  package func numbers(
    _ filter: NumberFilter, after: String?, atMost count: Int, lookingThrough most: Int
  ) throws(StoreError) -> FoundNumbers {
    var found = FoundNumbers()
    var last = after ?? ""
    for range in ranges(of: filter.digits) where last < range.upperBound {
      var begin = max(last, range.lowerBound)
      var isInclusive = begin > last
      while found.numbers.count < count, found.looked < most {
        let (part, moment) = try read { snapshot in
          (
            try snapshot.numbers(from: begin, inclusive: isInclusive, before: range.upperBound, atMost: 200),
            snapshot.moment
          )
        }
        guard let end = part.last else { break }
        for number in part where found.numbers.count < count && found.looked < most {
          found.looked += 1
          last = number.phone.e164
          if filter.isPassed(by: number, at: moment) { found.numbers.append(number) }
        }
        (begin, isInclusive) = (end.phone.e164, false)
      }
      if found.numbers.count >= count || found.looked >= most {
        found.next = last
        return found
      }
    }
    return found
  }

  /// What the digits of numbers lie between that begin with some digits.
  private func ranges(of text: String) -> [Range<String>] {
    let digits = String(decoding: text.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
    guard !digits.isEmpty else { return ["0"..<":"] }
    // A colon stands behind the digits.
    return Set([digits, settings.countryCode + digits]).sorted().map { $0..<($0 + ":") }
  }

  /// The last finished days of a number that are kept, the oldest first. Each costs one look-up.
  ///
  /// - Parameter count: how many days are looked back to.
  package func history(of number: Number, days count: Int) throws(StoreError) -> [DayOfNumber] {
    try read { snapshot in
      var days: [DayOfNumber] = []
      var day = snapshot.moment.windows.day
      for _ in 0..<count {
        day = snapshot.settings.calendar.windows(at: day.lowerBound - 1).day
        let found: (calls: Int, answered: Int)? = try snapshot.database.first(
          Snapshot.dayOfNumberSQL, day.lowerBound, number.id
        ) { (($0[0] as Int).counted, ($0[1] as Int).counted) }
        days.append(DayOfNumber(day: day.lowerBound, calls: found?.calls ?? 0, answered: found?.answered ?? 0))
      }
      return Array(days.reversed().drop { $0.calls == 0 })
    }
  }
}

/// A finished day of a number.
package struct DayOfNumber: Equatable, Sendable {
  /// When it began, in seconds since 1970-01-01 UTC.
  package let day: Int
  package let calls: Int
  package let answered: Int
}

extension NumberFilter {
  fileprivate func isPassed(by number: Number, at moment: Moment) -> Bool {
    (pool.map { number.pool.name.isSameName(as: $0) } ?? true)
      && (isFree.map { (number.sleep(at: moment) == nil) == $0 } ?? true)
  }
}

extension Snapshot {
  fileprivate func numbers(from begin: String, inclusive: Bool, before end: String, atMost count: Int) throws
    -> [Number]
  {
    let ids: [Int] = try database.all(Self.numbersByDigitsSQL, begin, inclusive ? 1 : 0, end, count) { $0[0] }
    return try ids.compactMap { try number(id: $0) }
  }

  static let numbersByDigitsSQL: StaticString = """
    SELECT id FROM number WHERE e164 >= ?1 AND (?2 OR e164 > ?1) AND e164 < ?3 ORDER BY e164 LIMIT ?4
    """

  static let dayOfNumberSQL: StaticString = "SELECT calls, answered FROM daily_usage WHERE day = ? AND number_id = ?"
}
