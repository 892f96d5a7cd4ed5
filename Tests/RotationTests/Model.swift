@testable import Rotation

/// The contract's rules in their plainest form: every number is looked at for every pick.
struct Model {
  struct Line {
    let digits: String
    var pool: String
    var carrier: String
    var areaCodes: [String]
    var enabled = true
    var dailyLimit: Int??
    var hourlyLimit: Int??
    var calls: [Int] = []  // when each was made
    var lastUse = 0
    var reservedUntil = 0
    var heldBy: String?
  }

  var numbers: [Line] = []
  var uses = 0
  var defaultDaily: Int? = 100
  var defaultHourly: Int? = 20
  var onlyArea = false
  var calendar = Calendar()

  func isEligible(_ number: Line, at now: Int) -> Bool {
    let windows = calendar.windows(at: now)
    let daily = number.dailyLimit ?? defaultDaily
    let hourly = number.hourlyLimit ?? defaultHourly
    return number.enabled && number.reservedUntil <= now
      && number.calls.count(where: windows.day.contains) < daily ?? .max
      && number.calls.count(where: windows.hour.contains) < hourly ?? .max
  }

  mutating func pick(area: String, pool: String, carrier: String?, ttl: Int, call: String, at now: Int) -> String {
    let eligible = numbers.indices.filter {
      numbers[$0].pool == pool && (carrier == nil || numbers[$0].carrier == carrier)
        && isEligible(numbers[$0], at: now)
    }
    let ofArea = eligible.filter { numbers[$0].areaCodes.contains(area) }
    let candidates = ofArea.isEmpty && !onlyArea ? eligible : ofArea
    // min(by:) takes the first of equals: never used numbers in import order.
    guard let picked = candidates.min(by: { numbers[$0].lastUse < numbers[$1].lastUse }) else {
      return "NONE_AVAILABLE"
    }
    uses += 1
    numbers[picked].lastUse = uses
    numbers[picked].calls.append(now)
    numbers[picked].reservedUntil = ttl > 0 ? now + ttl : 0
    numbers[picked].heldBy = call
    return numbers[picked].digits
  }

  mutating func release(call: String, at now: Int) -> Set<String> {
    var freed: Set<String> = []
    for index in numbers.indices where numbers[index].heldBy == call {
      if numbers[index].reservedUntil > now { freed.insert(numbers[index].digits) }
      numbers[index].reservedUntil = 0
      numbers[index].heldBy = nil
    }
    return freed
  }
}
