/// VICIdial's key of a call, which it carries in the caller-ID's name: `V`, `M` or `Y` and 18 or more digits, or `DC`,
/// `DV` or `DO` and digits. VICIdial loses track of a call whose name changes.
package struct VICIdialCallName: Equatable, Sendable {
  package let text: String

  package init?(callerIDName name: String) {
    let utf8 = name.utf8
    // VICIdial's own column for it is 40 characters wide.
    guard utf8.count <= 40 else { return nil }
    let digits: Substring.UTF8View
    switch utf8.first {
    case UInt8(ascii: "V"), UInt8(ascii: "M"), UInt8(ascii: "Y"):
      digits = utf8.dropFirst()
      guard digits.count >= 18 else { return nil }
    case UInt8(ascii: "D"):
      guard let second = utf8.dropFirst().first, "CVO".utf8.contains(second) else { return nil }
      digits = utf8.dropFirst(2)
      guard !digits.isEmpty else { return nil }
    default: return nil
    }
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    text = name
  }

  /// The lead's ID: the last ten digits, without leading zeros. Nil for a code too short to hold one.
  package var leadID: Int? {
    let digits = text.drop { !$0.isNumber }
    return digits.utf8.count >= 18 ? Int(digits.suffix(10)) : nil
  }
}
