/// Makes up numbers, in blocks as carriers give them out.
struct NumberMaker {
  private(set) var numbers: [FloorNumber] = []
  private var random: SplitMix
  private var used: Set<String> = []

  private static let carriers = ["Bandwidth", "Telnyx", "Inteliquent", "Lumen", "Peerless", "Twilio"]
  private static let brands = [
    "solar": "Bright Roofs", "medicare": "Senior Plans", "warranty": "Auto Shield", "roofing": "Southern Roofing",
    "vermont": "Green Hills Fuel", "health": "Care Line", "finance": "First Step",
  ]

  init(seed: UInt64) { random = SplitMix(seed: seed, of: 1) }

  /// A pool of few numbers, as many in each area as in the others.
  ///
  /// - Returns: the numbers.
  mutating func addBusy(_ pool: String, _ areas: [String], count: Int) -> [String] {
    let before = numbers.count
    for (area, many) in zip(areas, Weights.divided(count, by: areas.map { _ in 1 })) {
      add(many, pool, area) { number, _ in
        number.isSubject = true
        number.attestation = "A"
      }
    }
    return numbers[before...].map(\.written)
  }

  /// Numbers of one area that may carry so many calls a day together.
  mutating func addDry(_ pool: String, _ area: String, callsADay: Int) {
    let limits = Weights.divided(callsADay, by: Array(repeating: 1, count: max(6, callsADay / 16)))
    var left = limits[...]
    add(limits.count, pool, area) { number, _ in
      let limit = left.removeFirst()
      number.isSubject = true
      number.dailyLimit = String(limit)
      number.hourlyLimit = String(limit)
    }
  }

  mutating func addForeign(_ pool: String, _ codes: [String], count: Int) {
    for (code, many) in zip(codes, Weights.divided(count, by: codes.map { _ in 1 })) {
      // Ofcom keeps the beginnings 7946 0 and 496 0 for numbers that are nobody's. There are a thousand of each.
      let beginning = code == "20" ? "79460" : "4960"
      for line in 0..<min(many, 1000) {
        let end = String(line + 1000).dropFirst()
        numbers.append(described(FloorNumber(written: "+44\(code)\(beginning)\(end)", pool: pool, area: code)))
      }
    }
  }

  /// A pool of many numbers, where the people are.
  mutating func addWide(_ pool: String, _ areas: [Area], count: Int) {
    for (area, many) in zip(areas, Weights.divided(count, by: areas.map(\.weight))) {
      add(many, pool, area.code) { number, random in
        number.isLate = random.happens(0.2)
        if random.happens(0.1) {
          number.serves = (pool == "home" ? Area.states[area.code] : nil) ?? Area.overlays[area.code] ?? ""
        }
        switch random.below(100) {
        case ..<2: number.state = "retired"
        case ..<5: number.state = "disabled"
        case ..<15: number.dailyLimit = random.pick(["40", "60", "75"])
        case ..<20: number.hourlyLimit = random.pick(["6", "10"])
        default: break
        }
      }
    }
  }

  mutating func choose(_ count: Int, of numbers: [String]) -> [String] {
    Array(numbers.shuffled(using: &random).prefix(count))
  }

  // MARK: One number

  private mutating func add(
    _ count: Int, _ pool: String, _ area: String, _ change: (inout FloorNumber, inout SplitMix) -> Void
  ) {
    var left = count
    while left > 0 {
      let block = min(left, 20 + random.below(80))
      let (exchange, first) = (exchange(), random.below(9900))
      for line in first..<(first + block) {
        let written = area + exchange + String(line + 10_000).dropFirst()
        guard used.insert(written).inserted else { continue }
        var number = described(FloorNumber(written: written, pool: pool, area: area))
        change(&number, &random)
        numbers.append(number)
        left -= 1
      }
    }
  }

  /// The three digits after the area code: none that means something else, such as 911 and 555.
  private mutating func exchange() -> String {
    while true {
      let exchange = 200 + random.below(800)
      if exchange % 100 != 11, exchange != 555 { return String(exchange) }
    }
  }

  private mutating func described(_ number: FloorNumber) -> FloorNumber {
    var number = number
    number.carrier = random.pick(Self.carriers)
    number.name = Self.brands[number.pool] ?? ""
    number.hasCallback = random.happens(0.4)
    if random.happens(0.9) {
      number.attestation = random.happens(0.65) ? "A" : random.happens(0.85) ? "B" : "C"
      number.authorizedBy = "LOA \(number.carrier) 2026"
    }
    if random.happens(0.7) { number.verifiedDaysAgo = 1 + random.below(300) }
    return number
  }
}
