/// The verdicts of `BurntReport`.
///
/// Each number is held against the other numbers' calls, never against itself (`OutcomeCells`), in three ways: are fewer of
/// its calls answered, are more of the answered ones short, are more of them blocked. A number that was burnt yesterday
/// would hide behind its good days, so the newest half, quarter and eighth of its calls are looked at too. What is taken for
/// a finding has to be both sure and large:
///
/// - The chance of such a figure is multiplied by the number of looks at the number. Of the numbers that are then named,
///   one in a hundred is named wrongly (the rule of Benjamini and Hochberg, at 1 %). Bonferroni's rule, by which in one
///   report of a hundred some number is named wrongly, would pass over half of those that are burnt where there are
///   thousands of numbers; and a week of rest for a good number costs little.
/// - Numbers differ for honest reasons, such as the area that they serve. If a pool's numbers differ more than chance says,
///   what is a surprise is measured by how much they do (up to twice as much), and a number that is answered more than
///   0.7 times as often as expected is never named.
extension BurntReport {
  /// The most false findings among the findings.
  static let falseShare = 0.01
  /// With fewer calls a number is not judged.
  static let fewestCalls = 50
  /// With fewer expected answers, nothing can be told from answers.
  private static let fewestExpected = 5.0
  /// What is answered less than this share of what is expected is a large difference.
  private static let largeDrop = 0.7
  /// Short and blocked calls: how many times what is expected, and how many at least.
  private static let largeRise = 2.0
  private static let fewestEvents = 5
  /// The looks at one number: all its calls and the newest half, quarter and eighth.
  private static let looks = 4
  /// From how many numbers of a pool on it is measured how much they differ, and how much that may count.
  private static let fewestToMeasure = 20
  private static let mostSpread = 4.0
  /// The median of the square of a standard normal value.
  private static let medianOfSquare = 0.4549

  init(judging numbers: [Number], by cells: OutcomeCells) {
    var judgements = numbers.map { Self.judge($0, cells.comparison(of: $0.id)) }
    let spreads = Self.spreads(of: judgements)
    let judged = judgements.indices.filter { judgements[$0].row.figures.calls >= Self.fewestCalls }
    let chances = judged.map { judgements[$0].chance(spread: spreads[judgements[$0].row.number.pool.id] ?? 1) }
    for (index, rate) in zip(judged, Chance.falseDiscoveryRates(chances.map(\.probability))) {
      judgements[index].row.sureness = 1 - rate
    }
    for (index, chance) in zip(judged, chances) {
      var row = judgements[index].row
      if 1 - row.sureness <= Self.falseShare, let sign = chance.sign {
        row.verdict = .burnt
        row.sign = sign
        Self.addBeginning(to: &row, cells.comparison(of: row.number.id), sign)
      } else if row.figures.expectedAnswered >= Self.fewestExpected {
        row.verdict = .notBurnt
      }
      judgements[index].row = row
    }
    rows = judgements.map(\.row).sorted { one, other in
      if one.verdict != other.verdict, one.verdict == .burnt || other.verdict == .burnt { return one.verdict == .burnt }
      if one.sureness != other.sureness { return one.sureness > other.sureness }
      return (other.figures.calls, one.number.id) < (one.figures.calls, other.number.id)
    }
  }

  // MARK: One number

  private struct Judgement {
    var row: Row
    /// For each look, by how many standard deviations fewer calls are answered than expected; nil: the difference is small.
    var answers: [(z: Double, isLarge: Bool)] = []
    var short = 1.0
    var blocked = 1.0

    /// The chance of what is the most surprising, with the looks and the three signs taken into account.
    func chance(spread: Double) -> (probability: Double, sign: Sign?) {
      let lowest = answers.filter(\.isLarge).map(\.z).min()
      let drop = lowest.map { Chance.ofNormal(atMost: $0 / spread.squareRoot()) } ?? 1
      let (probability, sign) =
        [(drop, Sign.answers), (blocked, .blocked), (short, .short)].min { $0.0 < $1.0 }
        ?? (1, .answers)
      let factor = Double(BurntReport.looks * Sign.allCases.count)
      return (min(1, probability * factor), probability < 1 ? sign : nil)
    }
  }

  private static func judge(_ number: Number, _ comparison: OutcomeCells.Comparison) -> Judgement {
    var judgement = Judgement(row: Row(number: number))
    judgement.row.reported = comparison.reported
    judgement.row.figures = figures(of: comparison.calls[...], comparison.others)
    let calls = judgement.row.figures.calls
    guard calls >= fewestCalls else { return judgement }
    // Of each group, as far as the look goes.
    var sums = Array(repeating: OutcomeCounts(), count: comparison.others.count)
    var start = comparison.calls.count
    var (newer, wanted) = (0, max(fewestCalls, (calls + 7) / 8))
    // From the newest calls on, so that each look adds to the one before.
    while start > 0 {
      start -= 1
      newer += comparison.calls[start].counts.calls
      sums[comparison.calls[start].others] += comparison.calls[start].counts
      guard newer >= wanted || start == 0 else { continue }
      let look = zip(sums, comparison.others).filter { $0.0.calls > 0 }
      judgement.answers.append(drop(of: look))
      judgement.short = min(judgement.short, rise(of: look, \.short, among: \.timed))
      judgement.blocked = min(judgement.blocked, rise(of: look, \.blocked, among: \.calls))
      while wanted <= newer { wanted *= 2 }
      wanted = min(wanted, max(newer + 1, calls))
    }
    return judgement
  }

  static func figures(of calls: ArraySlice<OutcomeCells.Compared>, _ others: [OutcomeCounts]) -> Figures {
    var figures = Figures()
    for call in calls {
      let (counts, group) = (call.counts, others[call.others])
      figures.calls += counts.calls
      figures.answered += counts.answered
      figures.timed += counts.timed
      figures.short += counts.short
      figures.blocked += counts.blocked
      figures.expectedAnswered += Double(counts.calls) * share(group.answered, of: group.calls)
      figures.expectedShort += Double(counts.timed) * share(group.short, of: group.timed)
      figures.expectedBlocked += Double(counts.calls) * share(group.blocked, of: group.calls)
    }
    return figures
  }

  private static func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

  /// By how many standard deviations fewer calls were answered than expected (negative: fewer).
  ///
  /// It is the signed root of the likelihood ratio of so many answers, with the continuity correction of half a call. Far out,
  /// where it matters, this is close to the binomial distribution, to which the normal one is not. If the calls' chances
  /// differ, the figure errs on the side of the number. The expected rate is itself known from so many calls only: the
  /// variance of n calls of a group that are compared with m is 1 + n/m times what it would be.
  private static func drop(of look: [(own: OutcomeCounts, others: OutcomeCounts)]) -> (z: Double, isLarge: Bool) {
    var (calls, answered, expected, variance, ofCalls) = (0, 0, 0.0, 0.0, 0.0)
    for (own, others) in look {
      let (n, m) = (Double(own.calls), Double(others.calls))
      let p = share(own.answered + others.answered, of: own.calls + others.calls)
      calls += own.calls
      answered += own.answered
      expected += n * share(others.answered, of: others.calls)
      ofCalls += n * p * (1 - p)
      variance += n * p * (1 - p) * (1 + n / m)
    }
    guard ofCalls > 0, expected >= fewestExpected else { return (0, false) }
    let root = Chance.root(of: Double(answered) + 0.5, expected: expected, among: Double(calls))
    return (root / (variance / ofCalls).squareRoot(), Double(answered) < largeDrop * expected)
  }

  /// The chance of so many short or blocked calls or more; 1 where the rise is small.
  ///
  /// Given how many events a group has with the number's own, how many of them are the number's is expected to be its share
  /// of the group's calls. So a first event that nobody has had before is no surprise.
  private static func rise(
    of look: [(own: OutcomeCounts, others: OutcomeCounts)], _ events: KeyPath<OutcomeCounts, Int>,
    among trials: KeyPath<OutcomeCounts, Int>
  ) -> Double {
    let count = look.reduce(0) { $0 + ($1.others[keyPath: trials] > 0 ? $1.own[keyPath: events] : 0) }
    guard count >= fewestEvents else { return 1 }
    var (expected, mean) = (0.0, 0.0)
    for (own, others) in look where others[keyPath: trials] > 0 {
      let n = Double(own[keyPath: trials])
      expected += n * share(others[keyPath: events], of: others[keyPath: trials])
      mean +=
        n
        * share(own[keyPath: events] + others[keyPath: events], of: own[keyPath: trials] + others[keyPath: trials])
    }
    return Double(count) >= largeRise * expected ? Chance.ofPoisson(atLeast: count, mean: mean) : 1
  }

  private static func addBeginning(to row: inout Row, _ comparison: OutcomeCells.Comparison, _ sign: Sign) {
    let calls = comparison.calls
    let single = calls.map { figures(of: [$0], comparison.others) }
    let place =
      switch sign {
      case .answers:
        Chance.changePoint(events: single.map(\.answered), expected: single.map(\.expectedAnswered), isFewer: true)
      case .short:
        Chance.changePoint(events: single.map(\.short), expected: single.map(\.expectedShort), isFewer: false)
      case .blocked:
        Chance.changePoint(events: single.map(\.blocked), expected: single.map(\.expectedBlocked), isFewer: false)
      }
    guard var start = place else { return }
    // Campaigns of one hour stand beside each other.
    while start > 0, calls[start - 1].hour == calls[start].hour { start -= 1 }
    row.figuresSince = figures(of: calls[start...], comparison.others)
    row.since = start == 0 ? nil : Int(calls[start].hour) * 900
  }

  // MARK: All numbers

  /// For each pool, how many times the variance that chance says its numbers have. The median of the squares is taken, on
  /// which a few burnt numbers have no influence.
  private static func spreads(of judgements: [Judgement]) -> [Int: Double] {
    var squares: [Int: [Double]] = [:]
    for judgement in judgements {
      guard let whole = judgement.answers.last, whole.z != 0 else { continue }
      squares[judgement.row.number.pool.id, default: []].append(whole.z * whole.z)
    }
    return squares.compactMapValues { squares in
      guard squares.count >= fewestToMeasure else { return nil }
      return min(mostSpread, max(1, squares.sorted()[squares.count / 2] / medianOfSquare))
    }
  }
}
