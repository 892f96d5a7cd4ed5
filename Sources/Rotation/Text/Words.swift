extension String {
  /// The parts between spaces. By hand: on the calling path the standard library's `split` costs more than the pick.
  var words: [String] {
    var words: [String] = []
    var word: [UInt8] = []
    for byte in utf8 {
      if byte == UInt8(ascii: " ") {
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        word.removeAll(keepingCapacity: true)
      } else {
        word.append(byte)
      }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }

  /// Without the spaces and tabs around it.
  package var trimmed: String {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var text = utf8[...]
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(Substring(text))
  }

  /// The text before and after the first separator; `nil` if there is none. By Unicode scalars: as a Swift `Character`, a
  /// separator with a combining accent is not a separator.
  package func cut(at sign: Unicode.Scalar) -> (before: String, after: String)? {
    unicodeScalars.firstIndex(of: sign).map {
      (String(self[..<$0]), String(self[unicodeScalars.index(after: $0)...]))
    }
  }

  /// Whole numbers separated by colons; `nil` for an empty text. In a damaged store, a part that is not a number is
  /// read as some number, so that it cannot end the program.
  var numbers: [Int?] {
    var numbers: [Int?] = [nil]
    for byte in utf8 {
      if byte == UInt8(ascii: ":") {
        numbers.append(nil)
      } else {
        numbers[numbers.count - 1] = (numbers[numbers.count - 1] ?? 0) &* 10 &+ Int(byte &- UInt8(ascii: "0"))
      }
    }
    return numbers
  }
}
