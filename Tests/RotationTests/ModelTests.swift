import Testing

@testable import Rotation

/// Random operations on a store and on the model, which must agree on every answer.
struct ModelTests {
  @Test(
    arguments: zip(
      1...8,
      [
        "UTC", "America/New_York", "America/Chicago", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London",
        "America/St_Johns", "UTC",
      ]))
  func theStoreAnswersAsTheModel(seed: UInt64, zone: String) throws {
    var random = SeededGenerator(seed: seed)
    // Two days before a change of New York's clocks, in spring or in autumn.
    let test = try TestStore(start: seed % 2 == 0 ? 1_772_800_000 : 1_793_400_000, timeZone: zone)
    var model = Model()
    model.calendar = Calendar(timeZone: zone)
    let areas = ["214", "312", "415", "727", "813"]
    let pools = ["default", "sales"]
    let carriers = ["Acme", "Bell"]

    for index in 0..<40 {
      let area = areas.randomElement(using: &random)!
      let digits = "\(area)55501\(10 + index)"
      let pool = pools.randomElement(using: &random)!
      let carrier = carriers.randomElement(using: &random)!
      let served = Int.random(in: 0..<4, using: &random) == 0 ? ["727", "813"] : [area]
      try test.add("\(digits) pool=\(pool) carrier=\(carrier) area_code=\(served.joined(separator: ","))")
      model.numbers.append(.init(digits: digits, pool: pool, carrier: carrier, areaCodes: served))
    }

    for step in 0..<1500 {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<60:
        let area = (areas + ["999"]).randomElement(using: &random)!
        let pool = pools.randomElement(using: &random)!
        let carrier = Int.random(in: 0..<3, using: &random) == 0 ? carriers.randomElement(using: &random) : nil
        let ttl = [0, 30, 120, 900].randomElement(using: &random)!
        let call = "call-\(Int.random(in: 0..<200, using: &random))"
        let got = try test.pick(
          "1\(area)5551212", pool: pool, carrier: carrier, ttl: ttl, uniqueID: call)
        let expected = model.pick(
          area: area, pool: pool, carrier: carrier, ttl: ttl, call: call, at: test.clock.now)
        try #require(got == expected, "seed \(seed), step \(step)")
      case 60..<75:
        let call = "call-\(Int.random(in: 0..<200, using: &random))"
        let freed = try test.store.release(uniqueID: try #require(Label(call)))
        let expected = model.release(call: call, at: test.clock.now)
        try #require(Set(freed.map(\.written)) == expected, "seed \(seed), step \(step)")
      case 75..<90:
        test.clock.advance(Int.random(in: 1..<120, using: &random))
      case 90..<93:
        test.clock.advance(Int.random(in: 600..<7200, using: &random))
      case 93:
        test.clock.advance(Int.random(in: 43_200..<100_000, using: &random))
      case 94..<96:
        let index = model.numbers.indices.randomElement(using: &random)!
        model.numbers[index].enabled.toggle()
        try test.store.setState(
          model.numbers[index].enabled ? .enabled : .disabled, of: [try PhoneNumber(model.numbers[index].digits)])
      case 96:
        let index = model.numbers.indices.randomElement(using: &random)!
        let daily = ["", "none", "0", "3", "8"].randomElement(using: &random)!
        let hourly = ["", "none", "2"].randomElement(using: &random)!
        model.numbers[index].dailyLimit = daily.isEmpty ? .none : .some(Int(daily))
        model.numbers[index].hourlyLimit = hourly.isEmpty ? .none : .some(Int(hourly))
        var fields = NumberFields()
        try fields.set(.dailyLimit, to: daily)
        try fields.set(.hourlyLimit, to: hourly)
        _ = try test.store.change(try PhoneNumber(model.numbers[index].digits), fields)
      case 97:
        let index = model.numbers.indices.randomElement(using: &random)!
        let area = areas.randomElement(using: &random)!
        let pool = pools.randomElement(using: &random)!
        model.numbers[index].areaCodes = [area]
        model.numbers[index].pool = pool
        var fields = NumberFields()
        try fields.set(.areaCode, to: area)
        try fields.set(.pool, to: pool)
        _ = try test.store.change(try PhoneNumber(model.numbers[index].digits), fields)
      case 98:
        let daily = [2, 5, 100].randomElement(using: &random)!
        let hourly = [1, 3, 20].randomElement(using: &random)!
        model.defaultDaily = daily
        model.defaultHourly = hourly
        try test.store.set(.defaultDailyLimit, to: "\(daily)")
        try test.store.set(.defaultHourlyLimit, to: "\(hourly)")
      default:
        let daily = Bool.random(using: &random)
        _ = try test.store.resetUsage(.init(hourly: !daily, daily: daily, pastOnly: true))
        model.onlyArea.toggle()
        try test.store.set(.match, to: model.onlyArea ? "area" : "any")
      }
    }
    try test.checkLanes()
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
