import Rotation
import TestSupport
import Testing

/// A store that random things happen to: several campaigns with terms that change, numbers that move, rest and come back,
/// resets, and a clock that jumps.
struct Commotion {
  let test: TestStore
  var random: SeededGenerator

  static let pools = ["default", "sales", "fund"]
  static let campaigns = ["A", "B", "C", "UNKNOWN"]
  static let carriers = ["Acme", "Bell"]
  private static let areas = ["214", "469", "972", "512", "312", "415"]
  private let phones: [PhoneNumber]

  init(seed: UInt64, numbers: Int = 30) throws {
    test = try TestStore()
    random = SeededGenerator(seed: seed)
    var phones: [PhoneNumber] = []
    for index in 0..<numbers {
      // The first of each pool and carrier, so that terms may name them.
      let pool = index < 3 ? Self.pools[index] : Self.pools.randomElement(using: &random)!
      let carrier = index < 2 ? Self.carriers[index] : (Self.carriers + [""]).randomElement(using: &random)!
      let area = Self.areas.randomElement(using: &random)!
      let serves = ["", "", area + ",214", "TX"].randomElement(using: &random)!
      let digits = "\(area)55501\(10 + index)"
      try test.add("\(digits) pool=\(pool) carrier=\(carrier) area_code=\(serves)")
      phones.append(try PhoneNumber(digits))
    }
    self.phones = phones
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func request() -> Request {
    let area = (Self.areas + ["907"]).randomElement(using: &random)!
    let prefix = ["1", "1", "", "911", "921"].randomElement(using: &random)!
    var request = Request(destination: "\(prefix)\(area)555121\(Int.random(in: 0..<4, using: &random))")
    if chance(50) { request.destination = "911" }
    if !chance(4) { request.campaign = CallerText(Self.campaigns.randomElement(using: &random)!) }
    if !chance(3) { request.agent = CallerText(["1001", "1002"].randomElement(using: &random)!) }
    if chance(8) { request.pool = (Self.pools + ["nowhere"]).randomElement(using: &random)! }
    if chance(6) { request.carrier = (Self.carriers + ["Nobody"]).randomElement(using: &random)! }
    if chance(8) { request.areaCode = Self.areas.randomElement(using: &random)! }
    request.reservationTTL = [nil, 0, 30, 900].randomElement(using: &random)!
    request.uniqueID = CallerText("call-\(Int.random(in: 0..<60, using: &random))")
    return request
  }

  /// Something other than a request.
  mutating func disturb() throws {
    let store = test.store
    let phone = phones.randomElement(using: &random)!
    switch Int.random(in: 0..<17, using: &random) {
    case 0..<4: try changeTerms()
    case 4:
      let name = try #require(CallerText(Self.campaigns.randomElement(using: &random)!))
      if try store.campaigns().contains(where: { $0.name == name }) { try store.remove(campaign: name) }
    case 5:
      try change(phone, .pool, to: Self.pools.randomElement(using: &random)!)
    case 6:
      try change(phone, .carrier, to: (Self.carriers + [""]).randomElement(using: &random)!)
      try change(phone, .areaCode, to: ["214 469", "TX", ""].randomElement(using: &random)!)
    case 7:
      try change(phone, .hourlyLimit, to: ["", "2", "none"].randomElement(using: &random)!)
      try change(phone, .dailyLimit, to: ["", "3", "none"].randomElement(using: &random)!)
      try change(phone, .maxConcurrent, to: ["", "0", "2"].randomElement(using: &random)!)
    case 8:
      try store.setState([.enabled, .enabled, .disabled, .retired].randomElement(using: &random)!, of: [phone])
    case 9:
      try store.rest([phone], until: chance(2) ? 0 : test.clock.now + 5000, reason: "")
    case 10:
      let (hourly, daily) = (Bool.random(using: &random), Bool.random(using: &random))
      _ = try store.resetUsage(.init(hourly: hourly, daily: daily, pastOnly: chance(2)))
    case 11:
      try store.set(.defaultHourlyLimit, to: ["3", "20", "none"].randomElement(using: &random)!)
    case 12:
      try store.set(.match, to: MatchPolicy.allCases.randomElement(using: &random)!.rawValue)
    case 13: test.clock.advance(Int.random(in: 600..<9000, using: &random))
    case 14: if chance(4) { test.clock.advance(Int.random(in: 43_200..<200_000, using: &random)) }
    default:
      _ = try store.release(uniqueID: try #require(CallerText("call-\(Int.random(in: 0..<60, using: &random))")))
      test.clock.advance(Int.random(in: 1..<90, using: &random))
    }
  }

  private func change(_ phone: PhoneNumber, _ field: NumberField, to text: String) throws {
    var fields = NumberFields()
    try fields.set(field, to: text)
    _ = try test.store.change(phone, fields)
  }

  private mutating func changeTerms() throws {
    let name = try #require(CallerText(["A", "B", "C"].randomElement(using: &random)!))
    let pools = Self.pools.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
    let values: [CampaignSetting: [String?]] = [
      .pools: [pools.joined(separator: ",")],
      .numberDailyLimit: ["2", "4", nil], .numberHourlyLimit: ["1", "2", nil],
      .carrier: [nil, nil, "Acme"], .match: ["area", "region", "any", nil],
      .sticky: Stickiness.allCases.map(\.rawValue), .whenExhausted: Exhaustion.allCases.map(\.rawValue),
      .hourlyLimit: ["15", nil, nil], .dailyLimit: ["12", nil, nil],
      .dialPrefix: [["A": "91", "B": "92", "C": "9"][name.text]!, nil],
    ]
    // In one order, whatever the dictionary's.
    let keys = CampaignSetting.allCases.filter { values[$0] != nil }
    let chosen = keys.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
    var changes: [(setting: CampaignSetting, text: String?)] = []
    for key in chosen { changes.append((key, values[key]!.randomElement(using: &random)!)) }
    // Limits that do not go together are refused.
    _ = try? test.store.set(changes, of: name)
  }
}
