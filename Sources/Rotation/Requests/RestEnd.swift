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

  /// - Parameter end: seconds since 1970-01-01 UTC.
  /// - Throws: `refused` for more than ten years: retire a number that is given up.
  package static func check(_ end: Int, at moment: Moment) throws(StoreError) {
    guard end <= moment.now + mostDays * 86_400 else {
      throw .refused("that is more than \(mostDays) days away", hint: "Give a number up with: retire")
    }
  }
}
