import Foundation
import Rotation

/// What there is to be found in the store: it is written beside it, for tests and for whoever goes on calling.
struct Truth: Codable {
  let seed: UInt64
  let start: Int
  let end: Int
  let zone: String
  let numbers: Int
  let campaigns: Int
  let calls: Int
  let blocked: [Blocked]
  let dryArea: DryArea
  let counts: Counts

  /// A number that carriers block from a moment on.
  struct Blocked: Codable {
    let number: String
    let from: String
  }

  /// An area whose numbers are used up at this time of each weekday.
  struct DryArea: Codable {
    let areaCode: String
    let pool: String
    let campaign: String
    let at: String
    let callsADay: Int
  }

  struct Counts: Codable {
    var granted = 0
    var refused = 0
    var kept = 0
    var released = 0
    /// Calls whose numbers nobody releases.
    var unreleased = 0
  }

  static func path(for store: String) -> String { store + ".truth.json" }

  static func time(_ moment: Int) -> String {
    Date(timeIntervalSince1970: Double(moment)).formatted(.iso8601)
  }

  func write(for store: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: Self.path(for: store)))
  }

  init(of store: String) throws {
    let path = Self.path(for: store)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StoreError(.missing, "there is no \(path)", hint: "Make a week: callerid-week make \(store)")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Truth.self, from: data)
  }

  init(
    seed: UInt64, start: Int, end: Int, zone: String, numbers: Int, campaigns: Int, calls: Int, blocked: [Blocked],
    dryArea: DryArea, counts: Counts
  ) {
    (self.seed, self.start, self.end, self.zone) = (seed, start, end, zone)
    (self.numbers, self.campaigns, self.calls) = (numbers, campaigns, calls)
    (self.blocked, self.dryArea, self.counts) = (blocked, dryArea, counts)
  }
}
