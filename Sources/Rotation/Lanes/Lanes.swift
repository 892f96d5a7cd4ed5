/// Lanes: where a pick looks for a number.
///
/// A lane holds the numbers of one pool and carrier that serve one area code, ordered by the moment they wake and then by
/// last use. All those that are awake therefore stand in one group at its front, the least recently used ahead; those
/// that wake at one moment (the end of an hour or a day, say) stand in one group too. A pick reads the head of each
/// group that has woken, however many sleep behind it. A campaign that limits its calls with each number has such lanes
/// of its own.
struct Lanes {
  /// 0: the common lanes, for all campaigns that have none of their own.
  let campaignID: Int
  let pool: Pool
  /// Nil: the numbers of every carrier.
  let carrierID: Int?
  /// Whose lanes are searched together.
  let areas: Areas

  enum Areas {
    /// Areas or countries, by the middle of their lanes' names.
    case these([String])
    /// All countries but one.
    case countries(but: String?)
  }
}

/// The order of the numbers that are awake: the least recently used one is first.
struct LaneOrder: Comparable {
  let lastRequest: Int
  let number: Int

  static func < (one: LaneOrder, other: LaneOrder) -> Bool {
    (one.lastRequest, one.number) < (other.lastRequest, other.number)
  }
}

/// Numbers of a lane that wake at one moment, or are awake.
struct LaneGroup {
  /// 0: awake.
  let asleepUntil: Int
  let first: LaneOrder
}

extension Number {
  /// The lanes that it stands in: that of its country, and those of the areas that it serves.
  func lanes(ofCampaign campaignID: Int) -> [String] {
    ([country] + servedAreas.map(\.key)).map {
      LaneNames(campaignID: campaignID, poolID: pool.id, area: $0).lane(ofCarrier: carrier?.id ?? 0)
    }
  }
}

/// What lanes are called: `campaign:pool:area:carrier`, each but the area an ID. One text: SQLite compares it in one step.
///
/// The area is a `ServedArea`, or a country: nothing for North America, `=44` for others.
struct LaneNames {
  private let stem: String

  /// A campaign's lanes in a pool.
  init(campaignID: Int, poolID: Int) { stem = Self.joined(campaignID, poolID) }

  /// A campaign's lanes in a pool for one area or country, one for each carrier.
  init(campaignID: Int, poolID: Int, area: String) {
    stem = Self.joined(campaignID, poolID) + ":" + area
  }

  /// - Parameter id: 0: none known.
  func lane(ofCarrier id: Int) -> String { start + String(id) }

  /// The text that all their names begin with; they sort after it.
  var start: String { stem + ":" }

  /// The text that all their names sort before: the semicolon is the character after the colon.
  var end: String { stem + ";" }

  /// Without interpolation, which takes three times as many instructions: a pick makes ten names.
  private static func joined(_ campaignID: Int, _ poolID: Int) -> String { String(campaignID) + ":" + String(poolID) }
}
