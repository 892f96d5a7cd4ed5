/// When a rest is to end, as operators write it.
package enum RestEnd {
  private static let mostDays = 3650

  /// After this time: `30m`, `12h`, `7d`.
  ///
  /// - Throws: `refused` for anything else, and for more than ten years: retire a number that is given up.
  package static func after(_ text: String, at moment: Moment) throws(StoreError) -> Int {
    let units: [Character: Int] = ["m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
      text.utf8.first != UInt8(ascii: "+"), (1...mostDays * 86_400 / unit).contains(count)
    else { throw .refused("a rest is as long as 30m, 12h or 7d, and \(mostDays)d at most; not \"\(text)\"") }
    return moment.now + count * unit
  }

  /// When a day such as `2026-12-01` begins in the store's own zone.
  ///
  /// - Throws: `refused` if it is not a day, has already begun or is more than ten years away.
  package static func on(_ text: String, at moment: Moment) throws(StoreError) -> Int {
    let day = try CivilDay.read(text, name: "the end of a rest")
    let start = moment.settings.calendar.start(ofDay: day / 86_400)
    guard start > moment.now else {
      throw .refused("\(CivilDay.text(day)) has begun already", hint: "End a rest with: wake")
    }
    guard start <= moment.now + mostDays * 86_400 else {
      throw .refused("\(CivilDay.text(day)) is more than \(mostDays) days away", hint: "Give a number up with: retire")
    }
    return start
  }
}
