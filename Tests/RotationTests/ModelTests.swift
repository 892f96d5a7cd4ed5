import Foundation
import Testing

@testable import Rotation

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
