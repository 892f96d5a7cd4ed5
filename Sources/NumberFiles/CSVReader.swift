/// Reads CSV (RFC 4180) row by row, from chunks of any size.
///
/// The separator is the one that a line such as `sep=;` before the first row names, as Excel has it, or else the first
/// comma, semicolon, tab or | outside quotes in the first row. Lines end with LF, CRLF or CR; blank lines are skipped. A
/// quote that is never closed is an error: the file has been cut off, and everything after the quote would end up in one
/// cell.
///
/// A text is UTF-8, UTF-16 or Windows-1252. The first letter beyond ASCII decides; a file has one encoding.
package struct CSVReader {
  package struct Row: Equatable {
    /// The line that the row begins in, counted from 1. A quoted cell may contain line ends.
    package let line: Int
    /// The texts of the cells. Spaces around a cell that is not quoted are removed.
    package let cells: [String]

    package init(line: Int, cells: [String]) {
      self.line = line
      self.cells = cells
    }
  }

  /// The most bytes that a cell may have, and the most cells in a row. They limit the memory that a file which is not a
  /// list of numbers can take up.
  package static let maximumCell = 4096
  package static let maximumCells = 256

  private let text: TextChunks
  private var chunk: [UInt8] = []
  private var position = 0
  private var line = 1
  private var separator: UInt8?
  private var hasBegun = false
  /// What the letters beyond ASCII have said so far.
  private var encoding: Encoding?

  private enum Encoding { case utf8, windows1252 }

  private static let separators = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
  private static let quote = UInt8(ascii: "\"")
  private static let space = UInt8(ascii: " ")
  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  /// - Parameter nextChunk: returns the next bytes of the file, and no bytes at its end.
  package init(nextChunk: @escaping () throws -> [UInt8]) {
    self.init(TextChunks(nextBytes: nextChunk))
  }

  init(_ text: TextChunks) { self.text = text }

  /// What the operator should know of how the text was read; nil where there is nothing to say.
  var note: String? { encoding == .windows1252 ? "the text is not Unicode and was read as Windows-1252" : nil }

  /// Looks for the separator anew in the next row. Some programs write a title before the names of the columns.
  mutating func forgetSeparator() { separator = nil }

  /// Returns the next row, or nil at the end of the file.
  ///
  /// - Throws: `CSVError` where the file cannot be read as CSV, and whatever `nextChunk` throws.
  package mutating func next() throws -> Row? {
    guard !hasBegun else { return try row() }
    hasBegun = true
    guard let first = try row() else { return nil }
    return try namesSeparator(first) ? row() : first
  }

  private mutating func row() throws -> Row? {
    while let byte = try peek(), Self.endsLine(byte) { try endLine() }
    guard try peek() != nil else { return nil }
    let first = line
    var cells = [try cell()]
    while let byte = try peek(), !Self.endsLine(byte) {
      separator = byte
      position += 1
      guard cells.count < Self.maximumCells else { throw error("the row has more than \(Self.maximumCells) cells") }
      cells.append(try cell())
    }
    // A first row without a separator has one column. A semicolon, tab or | in a later row is then text.
    separator = separator ?? Self.separators[0]
    return Row(line: first, cells: cells)
  }

  /// Whether the row is Excel's `sep=;`, with quotes around it or not.
  private mutating func namesSeparator(_ row: Row) -> Bool {
    guard row.cells.first?.lowercased().hasPrefix("sep=") ?? false else { return false }
    if row.cells.count == 1, let named = row.cells[0].utf8.last, row.cells[0].utf8.count == 5,
      Self.separators.contains(named)
    {
      separator = named
      return true
    }
    // The sign itself has already divided the row.
    return row.cells.count == 2 && row.cells[0].utf8.count == 4 && row.cells[1].isEmpty
  }

  // MARK: Cells

  private mutating func cell() throws -> String {
    try skipSpaces()
    if let text = wholeCell() { return text }
    let start = line
    let bytes = try peek() == Self.quote ? quotedCell() : plainCell()
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    if text.isMarked { encoding = .utf8 }
    if encoding != .windows1252, let text = String(validating: bytes, as: UTF8.self) {
      encoding = .utf8
      return text
    }
    if encoding != .utf8, let text = Windows1252.text(bytes) {
      encoding = .windows1252
      return text
    }
    throw CSVError(
      line: start,
      reason: encoding == .utf8
        ? "the text is not UTF-8, which it was before. Save the file as CSV UTF-8"
        : "the text is neither UTF-8 nor Windows-1252. Save the file as CSV UTF-8")
  }

  /// Reads an unquoted ASCII cell that lies within the chunk, as nearly every cell does. Returns nil for any other
  /// cell.
  private mutating func wholeCell() -> String? {
    guard let separator else { return nil }
    return chunk.withUnsafeBufferPointer { bytes in
      var end = position
      while end < bytes.count, bytes[end] != separator, !Self.endsLine(bytes[end]) {
        guard bytes[end] != Self.quote || end > position, (1..<0x80).contains(bytes[end]) else { return nil }
        end += 1
      }
      guard end < bytes.count, end - position <= Self.maximumCell else { return nil }
      var text = bytes[position..<end]
      while text.last == Self.space { text.removeLast() }
      position = end
      return String(decoding: UnsafeBufferPointer(rebasing: text), as: UTF8.self)
    }
  }

  private mutating func plainCell() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let byte = try peek(), !endsCell(byte) { try take(byte, into: &bytes) }
    while bytes.last == Self.space { bytes.removeLast() }
    return bytes
  }

  private mutating func quotedCell() throws -> [UInt8] {
    let opened = line
    var bytes: [UInt8] = []
    position += 1
    while let byte = try peek() {
      if byte == Self.quote {
        position += 1
        // Two quotes in a row stand for one.
        guard try peek() == Self.quote else {
          try skipSpaces()
          if let byte = try peek(), !endsCell(byte) { throw error("text follows a closing quote") }
          return bytes
        }
      }
      // CR alone ends a line too. In CRLF only the LF is counted.
      let isCR = byte == Self.cr
      try take(byte, into: &bytes)
      if byte == Self.lf { line += 1 } else if isCR, try peek() != Self.lf { line += 1 }
    }
    throw CSVError(line: opened, reason: "a quote is opened here and never closed. The file seems to be cut off")
  }

  private mutating func take(_ byte: UInt8, into bytes: inout [UInt8]) throws {
    guard byte != 0 else {
      throw error("there is a NUL byte: this is not a text file. Save it as CSV UTF-8")
    }
    guard bytes.count < Self.maximumCell else { throw error("a cell has more than \(Self.maximumCell) bytes") }
    bytes.append(byte)
    position += 1
  }

  private mutating func skipSpaces() throws {
    while try peek() == Self.space { position += 1 }
  }

  private mutating func endLine() throws {
    let byte = try peek()
    position += 1
    if byte == Self.cr, try peek() == Self.lf { position += 1 }
    line += 1
  }

  private func endsCell(_ byte: UInt8) -> Bool {
    Self.endsLine(byte) || (separator.map { $0 == byte } ?? Self.separators.contains(byte))
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == lf || byte == cr }

  private func error(_ reason: String) -> CSVError { CSVError(line: line, reason: reason) }

  // MARK: Bytes

  private mutating func peek() throws -> UInt8? {
    if position == chunk.count {
      chunk = try text.next()
      position = 0
      if chunk.isEmpty { return nil }
    }
    return chunk[position]
  }
}
