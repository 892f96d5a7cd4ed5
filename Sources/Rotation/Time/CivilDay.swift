/// A day as operators write it, such as `2026-11-24`, in UTC.
enum CivilDay {
  /// When the day begins, in seconds since 1970-01-01 UTC.
  ///
  /// - Throws: `refused` for anything but a day from 1970 to 9999.
  static func read(_ text: String, name: String) throws(StoreError) -> Int {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2])
    else { throw .refused("\(name) is a day such as 2026-11-24, not \"\(text)\"") }
    let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
    guard CivilDate(ofDay: date.days) == date else { throw .refused("\(name): there is no day \(text)") }
    return date.days * 86_400
  }

  static func text(_ seconds: Int) -> String { CivilDate(ofDay: seconds / 86_400).text }
}
