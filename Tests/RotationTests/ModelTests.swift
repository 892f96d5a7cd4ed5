import Foundation
import Rotation
import Testing

/// Random picks, releases, changes and jumps of the clock happen to a store and to the model, which must agree on every
/// answer. A failure names its seed and tells the last steps; `MODEL_SEEDS=1000` tries more seeds than these.
struct ModelTests {
  static let zones = [
    "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata", "UTC", "America/Havana",
    "Africa/Cairo", "Europe/London",
  ]
  static var seeds: ClosedRange<Int> {
    1...(ProcessInfo.processInfo.environment["MODEL_SEEDS"].flatMap { Int($0) } ?? zones.count)
  }

  @Test(arguments: seeds)
  func theStoreAnswersAsTheModel(seed: Int) throws {
    let zone = Self.zones[seed % Self.zones.count]
    let isAbroad = zone == "Europe/London"
    let world = try ModelWorld(
      seed: seed, zone: zone, dayStartsAt: ["00:00", "04:00", "22:15"][seed % 3], isAbroad: isAbroad)
    try world.run(steps: 1500)
    // What never happened has not been tested.
    let kinds: Set = ["area", "any", "NONE_AVAILABLE", "RATE_LIMITED", "KEPT", "BAD_REQUEST"]
    let never = kinds.subtracting(world.seen.keys)
    #expect(never.isEmpty, "seed \(seed)")
  }
}
