import Foundation
import Testing

@testable import Rotation

/// Numbers of all countries, as libphonenumber reads them (see scripts/numbering-peer): 3,000 of them here, 200,000 with
/// `make numbering-peer`.
struct NumberingPeerTests {
  private struct Case: CustomStringConvertible {
    let home: String
    let text: String
    /// Nil where the peer says that it is none.
    let e164: String?
    let areaCodeLength: Int

    var description: String { "+\(home) reads \(text) as \(e164 ?? "no number"), area code of \(areaCodeLength)" }
  }

  private func cases() throws -> [Case] {
    let path =
      ProcessInfo.processInfo.environment["NUMBERING_PEER"]
      ?? FileManager.default.currentDirectoryPath + "/Tests/Fixtures/numbering-peer.tsv"
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let cells = line.split(separator: "\t").map(String.init)
      return Case(
        home: cells[0], text: cells[1], e164: cells[2] == "-" ? nil : cells[2], areaCodeLength: Int(cells[3]) ?? 0)
    }
  }

  /// What is read otherwise on purpose; docs/numbering.md gives the reasons.
  private func isMeant(_ difference: Case, read: PhoneNumber?) -> Bool {
    // A local number, which is put behind the first digit of the island's.
    if difference.e164?.hasPrefix("6723") ?? false { return true }
    // Canada's 310-1234 has seven digits everywhere, and cannot be shown.
    if difference.e164?.utf8.count == 8, difference.e164?.hasPrefix("1310") ?? false { return true }
    // 8 10 is dialled before calls abroad, and begins numbers.
    if difference.home == "375", difference.text.hasPrefix("810") { return true }
    guard let read else { return false }
    // A zero stands before a zero.
    if read.e164.hasPrefix("2410") { return true }
    // The administrator's list of North American area codes is newer, and says nothing of exchanges.
    if read.isNorthAmerican { return true }
    // 00 is read as a prefix for calls abroad everywhere, and a number of another country without + if it is long enough.
    return difference.e164 == nil && !difference.text.hasPrefix("+")
  }

  @Test func numbersAreReadAsThePeerReadsThem() throws {
    let cases = try cases()
    #expect(cases.count >= 3000)
    var differences: [String] = []
    for one in cases {
      let read = try? PhoneNumber(one.text, countryCode: one.home)
      if read?.e164 != one.e164, !isMeant(one, read: read) {
        differences.append("\(one); here: \(read?.e164 ?? "no number")")
      } else if let parts = read?.parts, let length = parts.plan.areaCodeLength(of: parts.national),
        read?.e164 == one.e164,
        length != one.areaCodeLength, parts.plan.callingCode != "1", parts.plan.callingCode != "54"
      {
        differences.append("\(one); here an area code of \(length)")
      }
    }
    let shown = differences.prefix(60).joined(separator: "\n")
    #expect(differences.isEmpty, "\(differences.count) of \(cases.count):\n\(shown)")
  }

  /// What may be imported may be dialled, and is then the same number.
  @Test func destinationsAreReadAsThePeerReadsThem() throws {
    let cases = try cases()
    var differences: [String] = []
    for one in cases {
      guard let e164 = one.e164, let destination = Destination(one.text, countryCode: one.home) else { continue }
      let read = destination.number.map { $0.callingCode + $0.national }
      if read != e164, !isMeant(one, read: nil) { differences.append("\(one); here: \(read ?? "no number")") }
    }
    let shown = differences.prefix(60).joined(separator: "\n")
    #expect(differences.isEmpty, "\(differences.count) of \(cases.count):\n\(shown)")
  }
}
