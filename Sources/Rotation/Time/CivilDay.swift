/// A day as operators write it, `2026-11-24`, in UTC.
enum CivilDay {
  /// When the day begins, in seconds since 1970-01-01 UTC.
  ///
  /// - Throws: `refused` for anything but a day from 1970 to 9999.
  static func read(_ text: String, name: String) throws(StoreError) -> Int {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2])
    else { throw .refused("\(name) is a day such as 2026-11-24, not \"\(text)\"") }
    let seconds = days(year: parts[0], month: parts[1], day: parts[2]) * 86_400
    guard self.text(seconds) == padded(parts) else { throw .refused("\(name): there is no day \(text)") }
    return seconds
  }

  static func text(_ seconds: Int) -> String {
    // The inverse of days(year:month:day:), for a year that begins on 1 March.
    let shifted = seconds / 86_400 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return padded([
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
    ])
  }

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let yearOfEra = year % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func padded(_ parts: [Int]) -> String {
    parts.map(\.twoDigits).joined(separator: "-")
  }
}
