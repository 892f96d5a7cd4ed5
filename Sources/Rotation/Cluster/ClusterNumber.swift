internal import SQLite

/// What operators have decided for a number, as dialers tell it to one another.
package struct ClusterNumber: Equatable, Sendable {
  package let e164: String
  package let written: String
  /// `field=value`, each on a line of its own.
  package let fields: String
  package let pool: String
  /// What its share is reckoned by; see `Number.homeArea`.
  package let area: String
  /// Whether operators let calls use it.
  package let isUsable: Bool
  package let addedAt: Int
  /// A rest that an operator has ordered, or ended; nil: what was changed is something else.
  package var rest: (until: Int, reason: String)?

  package static func == (one: Self, other: Self) -> Bool {
    one.e164 == other.e164 && one.written == other.written && one.fields == other.fields
  }

  /// What the engine says of one, for a dialer to follow.
  package init(
    e164: String, written: String, fields: String, addedAt: Int, rest: (until: Int, reason: String)?
  ) {
    (self.e164, self.written, self.fields, self.addedAt, self.rest) = (e164, written, fields, addedAt, rest)
    (pool, area, isUsable) = ("", "", false)
  }

  init(_ number: Number) {
    e164 = number.phone.e164
    written = number.phone.written
    fields = ClusterText.text(NumberField.allCases.map { ($0.rawValue, $0.text(of: number)) })
    pool = number.pool.name.foldedName
    area = number.homeArea
    isUsable = number.state == .enabled
    addedAt = number.addedAt
    rest = (number.restingUntil, number.restReason)
  }
}

/// Names and values as one text, a line for each. Neither has a line break: all text that is kept is on one line.
package enum ClusterText {
  package static func text(_ values: [(name: String, value: String)]) -> String {
    var text = ""
    for (name, value) in values { text += "\(name)=\(value)\n" }
    return text
  }

  package static func read(_ text: String) -> [(name: String, value: String)] {
    var lines: [(String, String)] = []
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        if let parts = String(line).cut(at: "=") { lines.append(parts) }
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
    }
    return lines
  }
}

extension Snapshot {
  /// What operators have decided for a number; nil: the store does not have it.
  package func clusterNumber(_ e164: String) throws -> ClusterNumber? {
    try number(PhoneNumber(e164: e164, written: "")).map { ClusterNumber($0) }
  }

  /// The next numbers in import order, with what goes with them: for a dialer that brings its numbers into a cluster.
  package func clusterNumbers(after id: Int, atMost count: Int) throws -> (
    numbers: [(number: ClusterNumber, state: NumberState)], last: Int?
  ) {
    let numbers = try numbers(after: id, atMost: count)
    return (try numbers.map { (ClusterNumber($0), try state(of: $0)) }, numbers.last?.id)
  }
}

extension Store {
  /// Carries out what other dialers' operators have changed of numbers, but for what was changed here since. What cannot be
  /// here is told and left.
  ///
  /// - Parameter numbers: without a number: it was removed.
  /// - Returns: what was left, for people.
  package func follow(_ numbers: [(e164: String, number: ClusterNumber?)]) throws(StoreError) -> [String] {
    isFollowing = true
    defer { isFollowing = false }
    var left: [String] = []
    try inBatches(numbers) { transaction, change in
      if case .failure(let error) = try transaction.part({ try transaction.follow(change.e164, change.number) }) {
        guard error.isOfRequest else { throw error }
        left.append("number \(change.e164): \(error.message)")
      }
    }
    return left
  }
}

extension Transaction {
  fileprivate func follow(_ e164: String, _ change: ClusterNumber?) throws {
    if try isToBeTold(.number, e164) { return }
    let phone = PhoneNumber(e164: e164, written: change?.written ?? "")
    guard let change else {
      if let number = try number(phone) { try delete(number) }
      return
    }
    var fields = NumberFields()
    for (name, value) in ClusterText.read(change.fields) {
      // A field of a newer version is left out.
      guard let field = NumberField(rawValue: name) else { continue }
      try fields.set(field, to: value)
    }
    var number = try put(phone, fields).number
    guard let rest = change.rest, try !isToBeTold(.rest, e164), rest != (number.restingUntil, number.restReason) else {
      return
    }
    (number.restingUntil, number.restReason) = rest
    try forgetOutcomes(of: number)
    try moveToItsPlace(&number)
  }
}
