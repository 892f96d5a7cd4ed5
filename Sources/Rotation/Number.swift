internal import SQLite

/// One caller-ID the operator owns.
package struct Number: Equatable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    case enabled
    /// Out of use until it is enabled again.
    case disabled
    /// Given up, but kept with its history: people ring back for weeks.
    case retired
  }

  package let id: Int
  package let phone: PhoneNumber
  package var name: String
  package var pool: Pool
  /// Nil where the operator named none.
  package var carrier: Carrier?
  /// The area codes that it serves.
  package var areaCodes: [String]
  package var state: State
  /// Its own limits; nil: the settings'.
  package var dailyLimit: Limit?
  package var hourlyLimit: Limit?
  package internal(set) var today = Usage()
  package internal(set) var thisHour = Usage()
  /// The request that it was given to last, 0 for none. Requests are numbered in order, whatever the clock does.
  package internal(set) var lastRequest = 0
  package internal(set) var lastUsedAt = 0
  package internal(set) var reservedUntil = 0
  package internal(set) var restingUntil = 0
  /// Where it stands in its lanes.
  var place = Place()

  struct Place: Equatable {
    /// 0: awake.
    var asleepUntil = 0
    var lastRequest = 0
  }
}

package struct Pool: Equatable, Sendable {
  package static let defaultName = "default"
  package let id: Int
  package let name: String
}

/// Whoever the number was rented from, whose trunk it calls through.
package struct Carrier: Equatable, Sendable {
  package let id: Int
  package let name: String
}

extension Limit {
  /// As the store keeps it: NULL for the settings' limit, -1 for none.
  init?(column: Int?) {
    guard let column else { return nil }
    self.init(calls: column < 0 ? nil : column)
  }

  private init(calls: Int?) { self.calls = calls }

  var column: Int { calls ?? -1 }
}

extension Number {
  /// Reads a row of the view `number_in_full`.
  init(_ row: borrowing Row) {
    id = row[0]
    phone = PhoneNumber(e164: row[1], written: row[2])
    name = row[3]
    pool = Pool(id: row[4], name: row[5])
    carrier = row[6] == 0 ? nil : Carrier(id: row[6], name: row[7])
    areaCodes = (row[8] as String).split(separator: " ").map(String.init)
    state = State(rawValue: row[9]) ?? .disabled
    dailyLimit = Limit(column: row[10])
    hourlyLimit = Limit(column: row[11])
    today = Usage(window: row[12], calls: row[13])
    thisHour = Usage(window: row[14], calls: row[15])
    lastRequest = row[16]
    lastUsedAt = row[17]
    reservedUntil = row[18]
    restingUntil = row[19]
    place = Place(asleepUntil: row[20], lastRequest: lastRequest)
  }
}
