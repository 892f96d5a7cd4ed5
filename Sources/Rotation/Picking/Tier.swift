/// One way in which a number can suit a destination.
struct Tier {
  let match: Match
  let reach: Reach

  var isAnywhere: Bool { if case .anywhere = reach { true } else { false } }

  enum Reach {
    case area(ServedArea)
    case overlays(of: String)
    case region(of: String)
    /// By its calling code.
    case country(String)
    case anywhere

    /// The middle of the names of the lanes to search, or none for those of all countries.
    func areas(in pool: Pool) -> [String] {
      switch self {
      case .area(let area): [area.key] + (pool.hasRegions ? Region.all(of: area.key).map(\.code) : [])
      case .overlays(let code): Region.overlays(of: code)
      case .region(let code): Region.of(areaCode: code)?.areaCodes.filter { $0 != code } ?? []
      case .country(let callingCode): [Number.country(callingCode: callingCode)]
      case .anywhere: []
      }
    }
  }

  /// The area code of the tier as a number that is found in it names it; nil if the tier has several or none.
  func areaCode(of number: Number) -> String? {
    guard case .area(let area) = reach else { return nil }
    return number.areaCodes.first { ServedArea($0, of: number.phone) == area } ?? area.key
  }
}
