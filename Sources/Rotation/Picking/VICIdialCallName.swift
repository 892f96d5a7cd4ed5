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
    let form = Form(name)
    guard let form, form.length == name.utf8.count || form.leadID != nil else { return nil }
    text = form.length == name.utf8.count ? name : String(decoding: name.utf8.prefix(form.length), as: UTF8.self)
  }

  /// The lead's ID, without leading zeros; nil for a name that holds none.
  package var leadID: Int? { Form(text)?.leadID }

  /// What the bytes of a name say.
  private struct Form {
    /// Up to the first space.
    let length: Int
    var leadID: Int?

    init?(_ name: String) {
      let form = name.utf8.withContiguousStorageIfAvailable { Form(bytes: $0) }
      guard let form = form.flatMap(\.self) else { return nil }
      self = form
    }

    private init?(bytes name: UnsafeBufferPointer<UInt8>) {
      var position = 0
      while position < name.count, name[position].isCapital { position += 1 }
      let letters = position
      guard letters == 1 || letters == 2 else { return nil }
      // `agc` or `vdc`, and a capital.
      let isOfAgent = position + 3 < name.count && name[position].isSmall
      if isOfAgent {
        let (one, two, three) = (name[position], name[position + 1], name[position + 2])
        guard (one, two, three) == (0x61, 0x67, 0x63) || (one, two, three) == (0x76, 0x64, 0x63),
          name[position + 3].isCapital
        else { return nil }
        position += 4
      }
      let start = position
      while position < name.count, name[position].isDigit { position += 1 }
      let digits = start..<position
      while position < name.count, name[position].isOfUser { position += 1 }
      guard position == name.count || name[position] == UInt8(ascii: " "), position <= VICIdialCallName.maximumLength
      else { return nil }
      length = position

      // No other word of digits begins with DC, DV or DO, however few they are.
      let isDialled = letters == 2 && !isOfAgent && name[0] == UInt8(ascii: "D") && "CVO".utf8.contains(name[1])
      let isDigitsAlone = digits.upperBound == length
      guard digits.count >= (isDialled && isDigitsAlone ? 1 : VICIdialCallName.leastDigits) else { return nil }

      if isDigitsAlone {
        let hasLead = isDialled || letters == 1 && "VMJY".utf8.contains(name[0])
        if hasLead, digits.count >= 18 { leadID = Self.number(name[(length - 10)..<length]) }
      } else if length - digits.upperBound == 12, name[digits.upperBound] == UInt8(ascii: "W"),
        name[length - 1] == UInt8(ascii: "W")
      {
        leadID = Self.number(name[(digits.upperBound + 1)..<(length - 1)])
      }
    }

    /// Nil for 0, which no lead is, and for what is no number.
    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
      var number = 0
      for digit in digits {
        guard digit.isDigit else { return nil }
        number = number * 10 + Int(digit - UInt8(ascii: "0"))
      }
      return number == 0 ? nil : number
    }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  fileprivate var isSmall: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  /// What the name of a VICIdial user consists of.
  fileprivate var isOfUser: Bool {
    isDigit || isCapital || isSmall || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
  }
}
