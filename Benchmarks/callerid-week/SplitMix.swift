/// SplitMix64: the same numbers for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// One that belongs to something, such as a lead, and gives it the same numbers whenever it is asked.
  init(seed: UInt64, of parts: Int...) {
    self.init(seed: seed)
    for part in parts {
      state ^= UInt64(truncatingIfNeeded: part)
      state = next()
    }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 on, below 1.
  mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

  mutating func below(_ bound: Int) -> Int { Int(fraction() * Double(bound)) }

  mutating func happens(_ chance: Double) -> Bool { fraction() < chance }

  /// Of a normal distribution around 0 with the deviation 1, by the sum of twelve.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + fraction() } }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Chances that add up, to pick from by one random number.
struct Weights {
  private let sums: [Double]

  init(_ weights: [Double]) {
    var sum = 0.0
    sums = weights.map { weight in
      sum += weight
      return sum
    }
  }

  /// - Parameter fraction: from 0 on, below 1.
  func index(at fraction: Double) -> Int {
    let wanted = fraction * (sums.last ?? 0)
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] <= wanted { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// So many wholes, divided as the weights are.
  static func divided(_ whole: Int, by weights: [Double]) -> [Int] {
    let total = weights.reduce(0, +)
    var (given, sum) = (0, 0.0)
    return weights.map { weight in
      sum += weight
      let upTo = Int((Double(whole) * sum / total).rounded())
      defer { given = upTo }
      return upTo - given
    }
  }
}
