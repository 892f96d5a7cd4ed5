/// The most calls a number may carry in an hour or a day, as the operator writes it: a whole number, or `none`.
package struct Limit: Equatable, Sendable {
  package static let maximum = 1_000_000

  /// Nil: no limit.
  package let calls: Int?

  /// - Throws: `refused` for anything but 0 to 1,000,000 and `none`, or what spreadsheets make of them: `1,000`, `100.0`,
  ///   `No limit`.
  package init(_ text: String, name: String) throws(StoreError) {
    if text == "none" || Self.none.contains(text.lowercased()) {
      calls = nil
    } else if let calls = Int(text) ?? Self.written(text), (0...Self.maximum).contains(calls) {
      self.calls = calls
    } else {
      throw .refused("\(name) is a whole number from 0 to \(Self.maximum), or none for no limit; not \"\(text)\"")
    }
  }

  private static let none = ["none", "unlimited", "no limit", "nolimit", "no-limit", "no_limit", "infinite", "∞"]

  /// A whole number with commas between its thousands, and perhaps zeros after a point. `1.000` is none: it is one in
  /// one country and a thousand in another.
  private static func written(_ text: String) -> Int? {
    let (whole, zeros) = text.cut(at: ".") ?? (text, "0")
    guard (1...2).contains(zeros.utf8.count), zeros.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
    var groups: [[UInt8]] = [[]]
    for byte in whole.utf8 {
      if byte == UInt8(ascii: ",") {
        groups.append([])
      } else {
        guard (0x30...0x39).contains(byte) else { return nil }
        groups[groups.count - 1].append(byte)
      }
    }
    guard groups.count == 1 || (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    return Int(String(decoding: groups.flatMap { $0 }, as: UTF8.self))
  }

  package static func text(_ calls: Int?) -> String { calls.map(String.init) ?? "none" }
}
