import AGI

/// Every command is one line that fits Asterisk's buffer, without a control character, and Asterisk reads the words
/// from it that were meant.
func fuzzCommand(_ bytes: [UInt8]) throws {
  let parts = bytes.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
  let name = text(parts[0])
  let value = text(parts.count > 1 ? parts[1] : parts[0])
  try check(.getVariable(name: name), ["GET", "VARIABLE", safe(name)])
  try check(.setVariable(name: "CALLERID(name)", value: value), ["SET", "VARIABLE", "CALLERID(name)", safe(value)])
  try check(.setVariable(name: name, value: value), ["SET", "VARIABLE", safe(name), safe(value)])
  try check(.verbose(value, level: bytes.count % 5), ["VERBOSE", safe(value), "\(bytes.count % 5)"])
}

/// Bytes of Asterisk's buffer for a command (`AGI_BUF_LEN` in res_agi.c), less the one that ends a C string.
private let room = 2047

private func check(_ command: Command, _ words: [String]) throws {
  let line = command.line
  try expect(line.last == UInt8(ascii: "\n"), "it ends its line")
  try expect(line.count <= room, "\(line.count) bytes are too long")
  try expect(!line.dropLast().contains { $0 < 0x20 || $0 == 0x7F }, "it holds a control character")
  let read = parseArgs(line.dropLast())
  try expect(read.count == words.count, "\(read.count) words arrive")
  for (word, meant) in zip(read, words) {
    let validated = String(validating: word, as: UTF8.self)
    guard let word = validated else { throw Broken(description: "half a character") }
    let isMeant =
      word == meant
      // What is too long is cut off at its end, and only that.
      || meant.utf8.count > 100 && !word.isEmpty && meant.utf8.starts(with: word.utf8)
    try expect(isMeant, "\(word.debugDescription) arrives for \(meant.debugDescription)")
    try expect(!word.unicodeScalars.contains(where: isUnsafe), "a character passes that a terminal would obey")
  }
}

/// What a value is to arrive as: its control characters are spaces.
private func safe(_ value: String) -> String {
  String(String.UnicodeScalarView(value.unicodeScalars.map { isUnsafe($0) ? " " : $0 }))
}

/// Control characters, line separators, what turns the direction of text, and what nobody sees.
func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  let ranges: [Range<UInt32>] = [
    0..<0x20, 0x7F..<0xA0, 0x61C..<0x61D, 0x200B..<0x200C, 0x200E..<0x2010, 0x2028..<0x202F, 0x2060..<0x2070,
    0xFEFF..<0xFF00, 0xFFF9..<0xFFFC,
  ]
  return ranges.contains { $0.contains(scalar.value) }
}

/// Asterisk's own reading of a command's words, branch by branch as `parse_args` in res_agi.c has it.
private func parseArgs(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
  var words: [[UInt8]] = []
  var (quoted, escaped, whitespace) = (false, false, true)
  func normal(_ byte: UInt8) {
    if whitespace {
      words.append([])
      whitespace = false
    }
    words[words.count - 1].append(byte)
    escaped = false
  }
  for byte in line {
    switch byte {
    case UInt8(ascii: "\"") where !escaped:
      quoted.toggle()
      if quoted && whitespace {
        words.append([])
        whitespace = false
      }
    case UInt8(ascii: " ") where !quoted && !escaped, UInt8(ascii: "\t") where !quoted && !escaped: whitespace = true
    case UInt8(ascii: "\\") where !escaped: escaped = true
    default: normal(byte)
    }
  }
  return words
}
