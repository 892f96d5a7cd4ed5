/// One way in which a number can suit a destination.
struct Tier {
  let match: Match
  let reach: Reach

  enum Reach {
    case area(ServedArea)
    case overlays(of: String)
    case region(of: String)
    /// By its calling code.
    case country(String)
    /// All countries but the one that was tried before, given by its calling code.
    case anywhere(but: String?)

    /// The lanes to search in a pool; nil if there are none.
    func areas(in pool: Pool) -> Lanes.Areas? {
      switch self {
      case .area(let area):
        .these([area.key] + (pool.reach.contains(.regions) ? Region.all(of: area.key).map(\.code) : []))
      case .overlays(let code): Self.these(Region.overlays(of: code))
      case .region(let code): Self.these(Region.of(areaCode: code)?.areaCodes.filter { $0 != code } ?? [])
      case .country(let callingCode): .these([Number.country(callingCode: callingCode)])
      case .anywhere(let callingCode): .countries(but: callingCode.map(Number.country))
      }
    }

    private static func these(_ areas: [String]) -> Lanes.Areas? { areas.isEmpty ? nil : .these(areas) }
  }

  /// Whether it takes numbers of other countries than the destination's.
  var isElsewhere: Bool { if case .anywhere(but: .some) = reach { true } else { false } }

  /// The area codes whose numbers it takes; empty: it does not go by area codes.
  func areaCodes(of lanes: Lanes) -> [String] {
    guard match == .area || match == .region, case .these(let areas) = lanes.areas else { return [] }
    return areas
  }

  /// All numbers.
  static func anywhere(_ match: Match) -> Tier { Tier(match: match, reach: .anywhere(but: nil)) }

  /// The area code of the tier as a number that is found in it names it; nil if the tier has several or none.
  func areaCode(of number: Number) -> String? {
    guard case .area(let area) = reach else { return nil }
    return number.areaCodes.first { ServedArea($0, of: number.phone) == area } ?? area.key
  }
}
