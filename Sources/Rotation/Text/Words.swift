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

  /// What stands before and after the first of a sign; nil where there is none. By scalars: to Swift's characters a sign
  /// that an accent is set on is none.
  package func cut(at sign: Unicode.Scalar) -> (before: String, after: String)? {
    unicodeScalars.firstIndex(of: sign).map {
      (String(self[..<$0]), String(self[unicodeScalars.index(after: $0)...]))
    }
  }

  /// Whole numbers with colons between them, nil where there is nothing. What is none, in a store that was damaged, is some
  /// number: it must not end the program.
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
