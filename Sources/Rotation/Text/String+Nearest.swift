extension String {
  /// The name among those that are known that somebody may have meant by this one: the nearest by letters left out, put
  /// in, exchanged or turned round. Two such slips are the most, and one for each three letters. Capitals do not matter,
  /// and of names that are equally near the first in order is taken. Of digits alone nothing can be told: agent 1002 is
  /// as a rule not agent 1001.
  package func nearest(among names: some Sequence<String>) -> String? {
    let own = Array(foldedName.unicodeScalars)
    guard own.contains(where: { !("0"..."9").contains($0) }) else { return nil }
    var best: (slips: Int, name: String)?
    for name in names {
      let other = Array(name.foldedName.unicodeScalars)
      // Long before its letters are compared, its length says that it is none.
      let most = Swift.min(best?.slips ?? 2, own.count / 3)
      guard abs(own.count - other.count) <= most else { continue }
      let slips = Self.slips(own, other)
      guard slips <= most else { continue }
      if let best, (best.slips, best.name) <= (slips, name) { continue }
      best = (slips, name)
    }
    return best?.name
  }

  /// The optimal string alignment distance: of each place, three rows of the usual table are enough.
  private static func slips(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: other.count + 1)
    var last = Array(0...other.count)
    for row in 0..<one.count {
      var current = [row + 1]
      for column in 0..<other.count {
        let isSame = one[row] == other[column]
        var slips = Swift.min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          slips = Swift.min(slips, beforeLast[column - 1] + 1)
        }
        current.append(slips)
      }
      (beforeLast, last) = (last, current)
    }
    return last[other.count]
  }
}

extension StoreError {
  /// Says that there is nothing of a name, and which name may have been meant.
  ///
  /// - Parameters:
  ///   - names: those that are known.
  ///   - hint: what to do where none of them is near.
  package static func unknown(
    _ kind: Kind, _ message: String, named name: String, among names: some Sequence<String>, hint: String?
  ) -> StoreError {
    guard let nearest = name.nearest(among: names) else { return StoreError(kind, message, hint: hint) }
    return StoreError(kind, "\(message); did you mean \(nearest)?")
  }
}
