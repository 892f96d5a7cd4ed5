internal import SQLite

/// What goes with a number from one dialer to another: its use, its rest, and what rules count of it.
package struct NumberState: Equatable, Sendable {
  package var today = Usage()
  package var thisHour = Usage()
  /// Microseconds since 1970-01-01 UTC, in the order in which its calls came; 0: never.
  package var lastUse = 0
  /// Seconds since 1970-01-01 UTC; 0: it does not rest.
  package var restingUntil = 0
  /// As the store keeps it.
  package var restReason = ""
  /// Since a rule last put it to rest: calls, those that were answered, that were short, that were blocked.
  package var outcomes = [0, 0, 0, 0]
  /// How often campaigns that limit their calls with each number have used it.
  package var uses: [Use] = []

  package struct Use: Equatable, Sendable {
    package var campaign: String
    package var today: Usage
    package var thisHour: Usage

    package init(campaign: String, today: Usage, thisHour: Usage) {
      self.campaign = campaign
      self.today = today
      self.thisHour = thisHour
    }
  }

  package init() {}

  /// When a call last got it, in seconds since 1970-01-01 UTC.
  var lastUsedAt: Int { lastUse / 1_000_000 }
}

/// A number that is leased to this dialer.
package struct LeasedNumber: Equatable, Sendable {
  package let e164: String
  /// It grows with each lease of the number: what an earlier holder says of it does not count any more.
  package let fence: Int
  package let state: NumberState

  package init(e164: String, fence: Int, state: NumberState) {
    self.e164 = e164
    self.fence = fence
    self.state = state
  }
}

extension Snapshot {
  /// What goes with a number to its next holder.
  func state(of number: Number) throws -> NumberState {
    var state = NumberState()
    state.today = number.today
    state.thisHour = number.thisHour
    // Requests of one second are told apart by their order.
    state.lastUse = number.lastUsedAt == 0 ? 0 : number.lastUsedAt * 1_000_000 + abs(number.lastRequest % 1_000_000)
    state.restingUntil = number.restingUntil
    state.restReason = number.restReason
    if let outcomes: [Int] = try database.first(
      "SELECT calls, answered, short, blocked FROM outcome WHERE number_id = ?", number.id,
      body: { row in (0..<4).map { (row[$0] as Int).counted } })
    {
      state.outcomes = outcomes
    }
    for scope in number.pool.scopes {
      let use = try use(of: number, in: scope)
      guard use.isKept,
        let name: String = try database.value("SELECT name FROM campaign WHERE id = ?", scope.campaignID)
      else { continue }
      state.uses.append(.init(campaign: name, today: use.today, thisHour: use.thisHour))
    }
    return state
  }
}
