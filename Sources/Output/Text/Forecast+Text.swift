package import Rotation

extension ForecastReport.Row {
  package func sentences(in calendar: Rotation.Calendar) -> [String] {
    explanation(in: calendar).map { $0.text(in: calendar) }
  }

  /// How the numbers to buy are computed, as sentences for people.
  ///
  /// - Parameter calendar: by which days are counted.
  package func explanation(in calendar: Rotation.Calendar) -> [Sentence] {
    [Sentence(requests), Sentence(numbers), Sentence(day(calendar)), hour] + concurrency.map { Sentence($0) }
      + [Sentence(result), today]
  }

  private var requests: String {
    "\(demand.asked.counting("request")): \(demand.area) got a number of the area code, \(demand.region) one of the same "
      + "region, \(demand.elsewhere) another one, \(demand.refused) none."
  }

  private var numbers: String {
    guard supply.numbers > 0 else { return "No number in use serves it." }
    var text =
      "\(supply.numbers.counting("number")) in use \(supply.numbers == 1 ? "serves" : "serve") it: "
      + "\(supply.free) free, \(supply.reserved) reserved, \(supply.atLimit) at a limit, \(supply.resting) resting."
    if supply.shared > 0 {
      text +=
        " \(supply.shared) of them \(supply.shared == 1 ? "serves" : "serve") other places too, and "
        + "\(supply.shared == 1 ? "counts" : "count") here by the share of requests."
    }
    return text
  }

  /// A day of the store's calendar, which has another date for nobody.
  private func day(_ calendar: Rotation.Calendar) -> String {
    let when = Time.local(demand.busiestDay.at, in: calendar).prefix(10)
    let calls = demand.busiestDay.calls
    return "The busiest day, \(when), had \(calls.counting("request")). "
      + Self.text(Double(calls), supply.capacity.daily, perNumber.daily, toBuyByDay, unit: "a day")
  }

  private var hour: Sentence {
    let calls = demand.busiestHour.calls
    let text = Self.text(Double(calls), supply.capacity.hourly, perNumber.hourly, toBuyByHour, unit: "an hour")
    return "The busiest hour, \(minute: demand.busiestHour.at), had \(calls.counting("request")). \(text)"
  }

  private var concurrency: [String] {
    guard let heldSeconds, let atOnce else { return [] }
    return [
      "Calls of the pool hold a number for \(heldSeconds) s on average, so that in the busiest hour \(Self.text(atOnce)) went "
        + "on at once (\(demand.busiestHour.calls) × \(heldSeconds) / 3600). "
        + Self.text(atOnce, supply.capacity.concurrent, perNumber.concurrent, toBuyByConcurrency, unit: "at once")
    ]
  }

  private static func text(_ calls: Double, _ there: Double?, _ each: Double?, _ count: Int, unit: String) -> String {
    guard let there else { return "The numbers there have no limit \(unit)." }
    let carry = "The numbers there carry \(text(there)) \(unit)"
    guard calls > there else { return "\(carry), which is enough." }
    guard let each else { return "\(carry); a new number has no limit \(unit)." }
    return
      "\(carry), and a new number carries \(text(each)): (\(text(calls)) - \(text(there))) / \(text(each)), rounded up, "
      + "is \(count.counting("number")) more."
  }

  private var result: String {
    toBuy == 0 ? "No number is missing." : "The most of these counts: \(toBuy.counting("number")) to buy."
  }

  private var today: Sentence {
    var text =
      "In the last hour there \(demand.lastHour == 1 ? "was" : "were") \(demand.lastHour.counting("request")); "
    text +=
      leftToday.map { "the numbers can get \($0.counting("more call")) today" } ?? "the numbers have no limit today"
    if let dryAt { return "\(text), and at this rate none is left at \(minute: dryAt)." }
    return Sentence(text + (demand.lastHour > 0 ? ", which is enough at this rate." : "."))
  }

  /// With one decimal where it is not whole.
  private static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
