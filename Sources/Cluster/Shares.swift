package import Rotation

/// How many numbers a dialer is to have of each pool and area: as its share of what all dialers were asked for, so that
/// each number is used as often as any other.
package struct Shares {
  /// Areas of so many numbers a dialer, or fewer, are scarce: their numbers are leased one by one, inside calls.
  package static let scarcePerDialer = 3
  /// What is kept free for whoever needs it inside a call.
  static let free = 0.1
  /// A share that is off by less is left as it is.
  static let tolerance = 0.15
  /// How much the demand of the whole pool counts beside that of the area: numbers also serve other areas.
  private static let ofPool = 0.05
  /// So many calls each dialer counts as having been asked for besides, and so much of what all were: a few calls say
  /// nothing yet about a share, and a dialer that begins to call finds numbers.
  private static let before = (calls: 5.0, share: 0.02)

  /// What a dialer is to do, by pool and area.
  package struct Move: Equatable, Sendable {
    package let place: Demand
    /// How many numbers to lease; below 0: to give up.
    package let count: Int
  }

  package let moves: [Move]
  /// The places whose numbers are leased inside calls.
  package let scarce: Set<Demand>

  package init(_ places: [Demand: Engine.Spread], dialers: [Int], of dialer: Int) {
    var (moves, scarce): ([Move], Set<Demand>) = ([], [])
    var pools: [String: (areas: Int, demand: [Int: Int])] = [:]
    for (place, spread) in places {
      pools[place.pool, default: (0, [:])].areas += spread.numbers > 0 ? 1 : 0
      pools[place.pool]?.demand.merge(spread.demand, uniquingKeysWith: +)
    }
    for (place, spread) in places where spread.numbers > 0 {
      let held = spread.held[dialer] ?? 0
      let pool = pools[place.pool] ?? (1, [:])
      if dialers.count > 1, spread.numbers <= Self.scarcePerDialer * dialers.count {
        scarce.insert(place)
        if held > 0 { moves.append(Move(place: place, count: -held)) }
        continue
      }
      let before = Self.before.calls + Self.before.share * Double(spread.demand.values.reduce(0, +))
      let weights = dialers.map { id in
        Double(spread.demand[id] ?? 0) + Self.ofPool * Double(pool.demand[id] ?? 0) / Double(max(1, pool.areas))
          + before
      }
      let own = dialers.firstIndex(of: dialer).map { weights[$0] } ?? 0
      let shared = Double(spread.numbers) * (dialers.count > 1 ? 1 - Self.free : 1)
      let share = Int(shared * own / weights.reduce(0, +))
      let isOff = abs(Double(held - share)) > Self.tolerance * Double(max(share, 1))
      guard held != share, isOff || held == 0 else { continue }
      let count = share > held ? min(share - held, spread.free) : share - held
      if count != 0 { moves.append(Move(place: place, count: count)) }
    }
    self.moves = moves.sorted { ($0.place.pool, $0.place.area) < ($1.place.pool, $1.place.area) }
    self.scarce = scarce
  }
}
