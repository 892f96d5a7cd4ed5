/// An automaton over digits: what may follow the digits that were read, and whether they are something by themselves.
///
/// It is read where it lies in the program, so that a call that needs none pays nothing, and one that does some twenty
/// words.
struct DigitAutomaton {
  /// The word that describes the node: the digits that lead on (bits 0 to 9), whether all lead to the same node (10), and
  /// the label (11 to 15).
  private let head: Int
  private let position: Int

  /// What begins at a position of `NumberingTable.automaton`; nil at 0, which stands for no automaton.
  init?(at position: Int) {
    guard position > 0 else { return nil }
    self.position = position
    head = Self.word(position)
  }

  /// The calling codes, with the numbers of each behind it.
  static var callingCodes: Self? { Self(at: NumberingTable.root) }

  /// 0: these digits are nothing by themselves.
  var label: Int { head >> 11 }

  private static let endOfCallingCode = 31

  /// The row in the table of plans, where the digits are a whole calling code.
  var plan: Int? { label == Self.endOfCallingCode ? Self.word(position + 1) : nil }

  /// The automaton for what follows a digit, given as a character.
  func following(_ character: UInt8) -> Self? {
    let digit = Int(character) - 0x30
    guard (0...9).contains(digit), head & 1 << digit != 0 else { return nil }
    let first = position + (plan == nil ? 1 : 2)
    let isSame = head & 1 << 10 != 0
    return Self(at: Self.word(isSame ? first : first + (head & (1 << digit - 1)).nonzeroBitCount))
  }

  /// Three characters of six bits. The characters begin at 0 and leave out the backslash.
  private static func word(_ position: Int) -> Int {
    let text = NumberingTable.automaton
    func bits(_ index: Int) -> Int {
      let character = Int(text.utf8Start[position * 3 + index])
      return character > 0x5C ? character - 0x31 : character - 0x30
    }
    return bits(0) << 12 | bits(1) << 6 | bits(2)
  }
}
