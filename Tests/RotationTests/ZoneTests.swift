import Foundation
import TestSupport
import Testing

@testable import Rotation

/// Time zones are read as the C library reads them: compared with zdump(8), change by change.
struct ZoneTests {
  @Test func everyZoneChangesWhenTheSystemsOwnReaderSays() async throws {
    let changes = try await zdump(try Self.zones())
    #expect(changes.count > 300)
    var compared = 0
    for (name, lines) in changes {
      let zone = try #require(Zone(named: name), "\(name)")
      for line in lines {
        #expect(zone.offset(at: line.moment) == line.offset, "\(name) at \(line.moment)")
        compared += 1
      }
    }
    #expect(compared > 50_000)
  }

  /// The last second before each change, and the first after it, with the offset that holds then.
  private func zdump(_ zones: [String]) async throws -> [String: [(moment: Int, offset: Int)]] {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "MMM d HH:mm:ss yyyy"
    var changes: [String: [(moment: Int, offset: Int)]] = [:]
    let output = try await run("/usr/bin/zdump", ["-v", "-c", "1971,2101"] + zones).output
    for line in output.split(separator: "\n") {
      // Zone  Sun Mar  8 07:59:59 2026 UT = Sun Mar  8 01:59:59 2026 CST isdst=0 gmtoff=-21600
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 7, words[6] == "UT", let offset = words.last?.split(separator: "=").last.flatMap({ Int($0) }),
        let date = format.date(from: words[2...5].joined(separator: " "))
      else { continue }
      let moment = Int(date.timeIntervalSince1970)
      if moment >= 31_536_000 { changes[words[0], default: []].append((moment, offset)) }
    }
    return changes
  }

  private static func zones() throws -> [String] {
    let folder = "/usr/share/zoneinfo"
    let files = try #require(FileManager.default.enumerator(atPath: folder))
    return files.compactMap { $0 as? String }.filter { name in
      // Those of `right` count leap seconds, which no clock here does.
      !name.hasPrefix("right/") && !name.hasPrefix("posix/") && Zone(named: name) != nil
    }
  }

  @Test(
    arguments: [
      // New York in January, July, on the days of both changes; the last hour before and the first after one.
      (
        "EST5EDT,M3.2.0,M11.1.0",
        [
          (1_767_225_600, -18_000), (1_782_864_000, -14_400), (1_772_953_199, -18_000),
          (1_772_953_200, -14_400), (1_793_512_799, -14_400), (1_793_512_800, -18_000),
        ]
      ),
      // Southern summer goes over the turn of the year.
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", [(1_767_225_600, 39_600), (1_782_864_000, 36_000)]),
      // Names in brackets, minutes, a change before midnight of the day before (Greenland), days by number.
      ("<+0330>-3:30", [(0, 12_600)]), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", [(1_782_864_000, -3_600)]),
      ("AAA0BBB,J60/0,J300/0", [(1_709_251_200, 3_600), (1_709_251_199, 0), (1_772_323_200, 3_600)]),
      ("AAA0BBB,59/0,300/0", [(1_709_164_800, 3_600), (1_709_164_799, 0)]),
    ] as [(String, [(Int, Int)])])
  func aRuleHoldsForEver(text: String, expected: [(Int, Int)]) throws {
    let rule = try #require(ZoneRule(text.utf8))
    for (moment, offset) in expected { #expect(rule.offset(at: moment) == offset, "\(moment)") }
  }

  @Test(arguments: ["", "5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "<EST5", "EST999"])
  func whatIsNoRuleIsRefused(text: String) { #expect(ZoneRule(text.utf8) == nil) }

  @Test func aFileThatIsCutOffOrChangedIsReadOrRefused() throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/America/Chicago")))
    for count in 0..<bytes.count { _ = Zone(Array(bytes.prefix(count)))?.offset(at: 1_772_463_600) }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<5000 {
      var changed = bytes
      for _ in 0..<3 { changed[Int.random(in: 0..<400, using: &random)] = .random(in: 0...255, using: &random) }
      let zone = Zone(changed)
      for moment in [-1 << 40, 0, 1_772_463_600, 1 << 40] { _ = zone?.offset(at: moment) }
    }
  }

  @Test(arguments: ["tzdata.zi", "zone.tab", "leapseconds", "America", "../zoneinfo/UTC", "Nowhere"])
  func whatIsNoZoneIsNotKnown(name: String) { #expect(!Calendar.knows(timeZone: name)) }

  @Test func theEnvironmentIsLeftAlone() throws {
    let before = getenv("TZ").map { String(cString: $0) }
    _ = Calendar(timeZone: "Asia/Kathmandu").windows(at: 1_772_463_600)
    #expect(getenv("TZ").map { String(cString: $0) } == before)
  }
}
