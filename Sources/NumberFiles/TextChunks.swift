/// The text of a file as UTF-8, in chunks of any size, whichever encoding of Unicode the file has.
///
/// Excel writes UTF-16 as "Unicode text", and PowerShell where it redirects output. A mark of the order of bytes is taken
/// off. What is neither UTF-8 nor UTF-16 is handed on as it is.
package final class TextChunks {
  private let nextBytes: () throws -> [UInt8]
  private var putBack: [UInt8] = []
  private var hasBegun = false
  /// The bytes of a UTF-16 file that wait for the rest of their character; nil where the file is not UTF-16.
  private var pending: [UInt8]?
  private var isBigEndian = false
  /// Whether the file says itself that it is Unicode: its text cannot be of another encoding then.
  private(set) var isMarked = false

  /// - Parameter nextBytes: returns the next bytes of the file, and no bytes at its end.
  package init(nextBytes: @escaping () throws -> [UInt8]) { self.nextBytes = nextBytes }

  /// Returns the next chunk of the text, and no bytes at its end.
  ///
  /// - Throws: `CSVError` where a UTF-16 file ends within a character, and whatever `nextBytes` throws.
  package func next() throws -> [UInt8] {
    if !putBack.isEmpty {
      defer { putBack = [] }
      return putBack
    }
    let chunk = hasBegun ? try nextBytes() : try begin()
    guard pending != nil else { return chunk }
    return try decoded(chunk)
  }

  /// Returns these bytes once more with the next call.
  func putBack(_ chunk: [UInt8]) { putBack = chunk }

  private func begin() throws -> [UInt8] {
    hasBegun = true
    var chunk: [UInt8] = []
    while chunk.count < 4 {
      let more = try nextBytes()
      if more.isEmpty { break }
      chunk += more
    }
    if chunk.starts(with: [0xEF, 0xBB, 0xBF]) {
      isMarked = true
      return try chunk.count > 3 ? Array(chunk[3...]) : nextBytes()
    }
    let zeros = chunk.prefix(4).map { $0 == 0 }
    switch true {
    case chunk.starts(with: [0xFF, 0xFE]): chunk.removeFirst(2)
    case chunk.starts(with: [0xFE, 0xFF]):
      chunk.removeFirst(2)
      isBigEndian = true
    // No mark, but two letters of ASCII.
    case zeros == [false, true, false, true]: break
    case zeros == [true, false, true, false]: isBigEndian = true
    default: return chunk
    }
    isMarked = true
    pending = []
    return chunk
  }

  /// Decodes the whole characters among the bytes so far; at the end of the file nothing may be left.
  private func decoded(_ chunk: [UInt8]) throws -> [UInt8] {
    var bytes = (pending ?? []) + chunk
    var isAtEnd = chunk.isEmpty
    while true {
      var text: [UInt8] = []
      var index = 0
      while let unit = unit(of: bytes, at: index) {
        var scalar = UInt32(unit)
        var size = 2
        if (0xD800..<0xDC00).contains(unit) {
          guard let low = self.unit(of: bytes, at: index + 2) else { break }
          if (0xDC00..<0xE000).contains(low) {
            scalar = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
            size = 4
          }
        }
        text += Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
        index += size
      }
      bytes.removeFirst(index)
      pending = bytes
      if !text.isEmpty { return text }
      guard !isAtEnd else { break }
      // No whole character yet: an empty chunk would mean the end.
      let more = try nextBytes()
      isAtEnd = more.isEmpty
      bytes += more
    }
    guard bytes.isEmpty else {
      pending = []
      throw CSVError(line: 1, reason: "the text is UTF-16, and its last character is cut off")
    }
    return []
  }

  private func unit(of bytes: [UInt8], at index: Int) -> UInt16? {
    guard index + 1 < bytes.count else { return nil }
    let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }
}
