/// VICIdial's key of a call, which it carries in the caller-ID's name. VICIdial loses track of a call whose name changes,
/// so every name that may be one is taken for one: a name kept too many does less harm than a lost call.
///
/// These are the forms in VICIdial's sources, with the time in nine or ten digits and the lead in ten:
///
///     V1124150058000001234      V, M, J, Y, …: the time and the lead; S, VH, …: the time and a conference
///     DV943083W0000855319W      DV, DC: the end of the time and, between two W, the lead
///     DCagcW1795526033john      DV, DC, DO and others, agc or vdc, W: the time and the end of the user's name
///     DC12                      DV, DC, DO: digits
///     M9021234560000001234 c1   a space and the agent's phone may follow (extension_appended_cidname)
package struct VICIdialCallName: Equatable, Sendable {
  /// Without what may follow after a space: VICIdial's reports have it so.
  package let text: String

  /// VICIdial's own column for it is 40 characters wide.
  private static let maximumLength = 40
  /// A time is never shorter. A name of fewer digits may be anybody's.
  private static let leastDigits = 6

  package init?(callerIDName name: String) {
    let word = name.utf8.prefix { $0 != UInt8(ascii: " ") }
    guard word.count <= Self.maximumLength, Self.isCallName(word) else { return nil }
    text = word.count == name.utf8.count ? name : String(decoding: word, as: UTF8.self)
    if word.count < name.utf8.count, leadID == nil { return nil }
  }

  private static func isCallName(_ word: Substring.UTF8View) -> Bool {
    let head = word.prefix { $0.isCapital }
    var rest = word.dropFirst(head.count)
    guard (1...2).contains(head.count) else { return false }
    if rest.starts(with: "agc".utf8) || rest.starts(with: "vdc".utf8) {
      rest = rest.dropFirst(3)
      guard rest.first?.isCapital == true else { return false }
      rest = rest.dropFirst()
    }
    let digits = rest.prefix { $0.isDigit }
    if digits.count == rest.count, isDialled(head) { return !digits.isEmpty }
    return digits.count >= leastDigits
      && rest.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  /// `DC`, `DV` or `DO`: no other word of digits begins so, however few they are.
  private static func isDialled(_ head: Substring.UTF8View) -> Bool {
    head.count == 2 && head.first == UInt8(ascii: "D") && head.last.map("CVO".utf8.contains) == true
  }

  /// The lead's ID, without leading zeros; nil for a name that holds none.
  package var leadID: Int? {
    let head = text.utf8.prefix { $0.isCapital }
    let rest = text.utf8.dropFirst(head.count)
    let digits = rest.prefix { $0.isDigit }
    var lead: Substring.UTF8View?
    if digits.count == rest.count {
      let hasLead = Self.isDialled(head) || head.count == 1 && head.first.map("VMJY".utf8.contains) == true
      if hasLead, digits.count >= 18 { lead = digits.suffix(10) }
    } else {
      let parts = rest.dropFirst(digits.count)
      if parts.count == 12, parts.first == UInt8(ascii: "W"), parts.last == UInt8(ascii: "W") {
        lead = parts.dropFirst().dropLast()
      }
    }
    guard let lead, let id = Int(String(decoding: lead, as: UTF8.self)), id > 0 else { return nil }
    return id
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  fileprivate var isLetter: Bool { isCapital || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
