internal import SQLite

/// One caller-ID the operator owns.
package struct Number: Equatable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    case enabled
    /// Not used until it is enabled again.
    case disabled
    /// Given up, but kept with its history, because people call back for weeks.
    case retired

    /// The command that sets this status.
    var command: String {
      switch self {
      case .enabled: "enable"
      case .disabled: "disable"
      case .retired: "retire"
      }
    }
  }

  package internal(set) var id: Int
  package let phone: PhoneNumber
  package var name: String
  package var pool: Pool
  /// `nil` if the operator gave none.
  package var carrier: Carrier?
  /// The area codes that it serves, and codes of regions that it serves as a whole.
  package var areaCodes: [String]
  package var state: State
  /// Its own limits; `nil` to use the settings' limits.
  package var dailyLimit: Limit?
  package var hourlyLimit: Limit?
  /// Its own value; `nil` to use the setting.
  package var maxConcurrent: Int?
  package let addedAt: Int
  package var ownership: Ownership
  package internal(set) var today = Usage()
  package internal(set) var thisHour = Usage()
  /// The ID of the request that last got this number, 0 if none did. Requests are numbered in order, whatever the clock
  /// does.
  package internal(set) var lastRequest = 0
  package internal(set) var lastUsedAt = 0
  /// Its reservations. Those that have ended stay in the list until its next call.
  package internal(set) var reservations: [Reservation] = []
  package internal(set) var restingUntil = 0
  /// As the store keeps it; read it with `rest(at:)`.
  package internal(set) var restReason = ""
  /// The fence under which this dialer of a cluster may use it; 0: it may not; nil: in no cluster.
  package internal(set) var lease: Int?
  /// Its place in the lanes that all campaigns share.
  var place = Place()

  struct Place: Equatable {
    /// 0: awake.
    var asleepUntil = 0
    var lastRequest = 0
  }
}

/// The numbers one set of campaigns draws from.
package struct Pool: Equatable, Sendable {
  package static let defaultName = "default"
  package let id: Int
  package let name: String
  /// What its numbers serve besides area codes of three digits.
  let reach: Reach
  /// The campaigns that keep lanes of their own in it.
  let scopes: [CampaignScope]
}

extension Pool {
  /// What a pick has to look for in a pool only if one of its numbers serves it. A pool keeps what it once had.
  struct Reach: OptionSet, Equatable, Sendable {
    let rawValue: Int

    static let regions = Reach(rawValue: 1)
    /// Area codes of North American numbers that do not have three digits, such as the 21455 and 31 of VICIdial.
    static let otherLengths = Reach(rawValue: 2)

    init(rawValue: Int) { self.rawValue = rawValue }

    init(of number: Number) {
      self = []
      for code in number.areaCodes {
        if AreaCode.isInternational(code) { continue }
        if !AreaCode.isDigits(code) {
          insert(.regions)
        } else if code.utf8.count != 3, number.phone.isNorthAmerican {
          insert(.otherLengths)
        }
      }
    }
  }
}

/// The company that the number is rented from. Its calls go out through this company's trunk.
package struct Carrier: Equatable, Sendable {
  package let id: Int
  package let name: String

  /// The most carriers of a store: a pick that asks for none in particular looks at each of them, some 20 µs each.
  static let most = 256
}

extension Limit {
  /// As the store keeps it: NULL for the settings' limit, -1 for none.
  init?(column: Int?) {
    guard let column else { return nil }
    self.init(calls: column < 0 ? nil : min(column, Self.maximum))
  }

  private init(calls: Int?) { self.calls = calls }

  var column: Int { calls ?? -1 }
}

extension Number {
  /// Reads a row of `SELECT * FROM number`, whose end alone migrations add columns to.
  init(_ row: borrowing Row, pool: Pool, carrier: Carrier?) {
    self.pool = pool
    self.carrier = carrier
    id = row[0]
    phone = PhoneNumber(e164: row[1], written: row[2])
    name = row[3]
    areaCodes = (row[6] as String).words
    state = State(rawValue: row[7]) ?? .disabled
    dailyLimit = Limit(column: row[8])
    hourlyLimit = Limit(column: row[9])
    maxConcurrent = (row[10] as Int?).map { min(max($0, 0), NumberFields.maximumConcurrent) }
    addedAt = (row[11] as Int).counted
    ownership = Ownership(
      attestation: Ownership.Attestation(rawValue: row[12]) ?? .none, authorizedBy: row[13], verifiedAt: row[14],
      callback: row[15])
    today = Usage(window: row[16], calls: row[17])
    thisHour = Usage(window: row[18], calls: row[19])
    lastRequest = row[20]
    lastUsedAt = row[21]
    reservations = Reservation.read(row[22])
    restingUntil = row[23]
    restReason = row[24]
    place = Place(asleepUntil: row[25], lastRequest: lastRequest)
    lease = row[26]
  }
}
