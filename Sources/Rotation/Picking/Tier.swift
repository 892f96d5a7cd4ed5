/// One way in which a number can suit a destination.
struct Tier {
  let match: Match
  let reach: Reach

  /// The area code of the tier; nil if it has several or none.
  var areaCode: String? { if case .areaCode(let code) = reach { code } else { nil } }

  enum Reach {
    case areaCode(String)
    case overlays(of: String)
    case region(of: String)
    case anywhere

    /// The lanes to search: area codes, codes of regions that numbers serve as a whole, or `""` for any destination.
    func areaCodes(in pool: Pool) -> [String] {
      switch self {
      case .areaCode(let code): [code] + (pool.hasRegions ? Region.all(of: code).map(\.code) : [])
      case .overlays(let code): Region.overlays(of: code)
      case .region(let code): Region.of(areaCode: code)?.areaCodes.filter { $0 != code } ?? []
      case .anywhere: [""]
      }
    }
  }
}
