/// One way in which a number can suit a destination.
struct Tier {
  let match: Match
  let reach: Reach

  /// The area code of the tier; nil if it has several or none.
  var areaCode: String? {
    switch reach {
    case .areaCode(let code), .otherLength(let code): code
    case .overlays, .region, .anywhere: nil
    }
  }

  /// Whether a number of its lanes can suit the destination. The 20 of London is no part of the 201 of New Jersey.
  func admits(_ number: Number) -> Bool {
    if case .otherLength = reach { number.phone.areaCode != nil } else { true }
  }

  enum Reach {
    case areaCode(String)
    /// An area code of North America that does not have three digits, where a pool has some.
    case otherLength(String)
    case overlays(of: String)
    case region(of: String)
    case anywhere

    /// The lanes to search: area codes, codes of regions that numbers serve as a whole, or `""` for any destination.
    func areaCodes(in pool: Pool) -> [String] {
      switch self {
      case .areaCode(let code): [code] + (pool.reach.contains(.regions) ? Region.all(of: code).map(\.code) : [])
      case .otherLength(let code): pool.reach.contains(.otherLengths) ? [code] : []
      case .overlays(let code): Region.overlays(of: code)
      case .region(let code): Region.of(areaCode: code)?.areaCodes.filter { $0 != code } ?? []
      case .anywhere: [""]
      }
    }
  }
}
