internal import Glibc

/// How likely it is that a figure came about by chance.
enum Chance {
  /// The probability of a standard normal value of at most `z`.
  static func ofNormal(atMost z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The signed root of twice the logarithm of the likelihood ratio between the share of events that was seen among some
  /// trials and the one that was expected. By chance, it is distributed as a standard normal value, far out as well.
  static func root(of events: Double, expected: Double, among trials: Double) -> Double {
    let (seen, mean) = (min(max(events, 0), trials), min(max(expected, 1e-9), trials - 1e-9))
    func term(_ seen: Double, _ mean: Double) -> Double { seen > 0 ? seen * log(seen / mean) : 0 }
    let ratio = max(0, 2 * (term(seen, mean) + term(trials - seen, trials - mean)))
    return seen < mean ? -ratio.squareRoot() : ratio.squareRoot()
  }

  /// The probability of `count` or more events where `mean` are expected, by Poisson's law; 1 where no more happened than
  /// was expected.
  ///
  /// It is an upper bound for the sum of independent events of different probabilities that has the same mean (Hoeffding
  /// 1956), so what it finds surprising is surprising.
  static func ofPoisson(atLeast count: Int, mean: Double) -> Double {
    guard Double(count) > mean else { return 1 }
    guard mean > 0 else { return 0 }
    var logarithm = -mean + Double(count) * log(mean)
    for factor in stride(from: 2, through: count, by: 1) { logarithm -= log(Double(factor)) }
    var term = exp(logarithm)
    var sum = 0.0
    var index = count
    while term > sum * 1e-12, index < count + 100_000 {
      sum += term
      index += 1
      term *= mean / Double(index)
    }
    return min(1, sum)
  }

  /// For each probability, the share of false findings among the findings, if this one and all that are less likely are
  /// taken for findings (Benjamini and Hochberg 1995).
  static func falseDiscoveryRates(_ probabilities: [Double]) -> [Double] {
    var rates = probabilities
    var least = 1.0
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    for (place, index) in order.enumerated().reversed() {
      least = min(least, probabilities[index] * Double(probabilities.count) / Double(place + 1))
      rates[index] = least
    }
    return rates
  }

  /// The place from which on the events differ from what is expected most surely: the end of the list whose likelihood
  /// ratio is the greatest, with the ratio of events to expectation that fits it best.
  ///
  /// - Parameter isFewer: whether fewer events are looked for than expected, or more.
  /// - Returns: nil where no end of the list differs in this direction.
  static func changePoint(events: [Int], expected: [Double], isFewer: Bool) -> Int? {
    var best: (place: Int, ratio: Double)?
    var (sum, mean) = (0.0, 0.0)
    for place in events.indices.reversed() {
      sum += Double(events[place])
      mean += expected[place]
      guard mean > 0, isFewer ? sum < mean : sum > mean else { continue }
      let ratio = (sum > 0 ? sum * log(sum / mean) : 0) - (sum - mean)
      if ratio > best?.ratio ?? 0 { best = (place, ratio) }
    }
    return best?.place
  }
}
