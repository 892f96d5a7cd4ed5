/// What makes a whole file unusable.
struct CSVError: Error, Equatable {
  let line: Int
  let reason: String
}

/// Reads CSV (RFC 4180) row by row, from chunks as they come.
///
/// The separator is the one of comma, semicolon and tab that the first row has most of. Lines end with LF, CRLF or CR;
/// blank ones are passed over. A quote that is never closed is an error: the file was cut off, and what follows would
/// vanish into one cell.
struct CSVReader {
  struct Row: Equatable {
    /// Where the row begins, counted from 1; a quoted cell may hold line ends.
    let line: Int
    /// Without the spaces around them.
    let cells: [String]
  }

  static let maximumCell = 4096

  private let nextChunk: () throws -> [UInt8]
  private var chunk: [UInt8] = []
  private var position = 0
  private var line = 1
  private var separator: UInt8 = 0

  private static let quote = UInt8(ascii: "\"")
  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  /// - Parameter nextChunk: gives the next bytes; none at the end.
  init(nextChunk: @escaping () throws -> [UInt8]) {
    self.nextChunk = nextChunk
  }

  /// The next row, or nil at the end.
  mutating func next() throws -> Row? {
    if separator == 0 { try begin() }
    while let byte = try peek(), byte == Self.lf || byte == Self.cr { try endLine() }
    guard try peek() != nil else { return nil }
    let first = line
    var cells: [String] = []
    while true {
      cells.append(try cell())
      guard let byte = try peek() else { break }
      if byte == separator {
        position += 1
      } else {
        try endLine()
        break
      }
    }
    return Row(line: first, cells: cells)
  }

  // MARK: Cells

  private mutating func cell() throws -> String {
    while let byte = try peek(), byte == UInt8(ascii: " ") { position += 1 }
    let isQuoted = try peek() == Self.quote
    var bytes = try isQuoted ? quotedCell() : plainCell()
    if !isQuoted { while bytes.last == UInt8(ascii: " ") { bytes.removeLast() } }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CSVError(line: line, reason: "not UTF-8; save the file as CSV UTF-8")
    }
    return text
  }

  private mutating func plainCell() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let byte = try peek(), byte != separator, byte != Self.lf, byte != Self.cr { try take(byte, into: &bytes) }
    return bytes
  }

  private mutating func quotedCell() throws -> [UInt8] {
    let opened = line
    var bytes: [UInt8] = []
    position += 1
    while let byte = try peek() {
      if byte == Self.quote {
        position += 1
        guard try peek() == Self.quote else {
          while let byte = try peek(), byte == UInt8(ascii: " ") { position += 1 }
          if let byte = try peek(), byte != separator, byte != Self.lf, byte != Self.cr {
            throw CSVError(line: line, reason: "text after a closing quote")
          }
          return bytes
        }
      }
      if byte == Self.lf { line += 1 }
      try take(byte, into: &bytes)
    }
    throw CSVError(line: opened, reason: "a quote is opened and never closed; is the file cut off?")
  }

  private mutating func take(_ byte: UInt8, into bytes: inout [UInt8]) throws {
    guard byte != 0 else { throw CSVError(line: line, reason: "a NUL byte: this is not a text file") }
    guard bytes.count < Self.maximumCell else {
      throw CSVError(line: line, reason: "a cell of more than \(Self.maximumCell) bytes")
    }
    bytes.append(byte)
    position += 1
  }

  private mutating func endLine() throws {
    let byte = try peek()
    position += 1
    if byte == Self.cr, try peek() == Self.lf { position += 1 }
    line += 1
  }

  // MARK: Bytes

  private mutating func peek() throws -> UInt8? {
    if position == chunk.count {
      chunk = try nextChunk()
      position = 0
      if chunk.isEmpty { return nil }
    }
    return chunk[position]
  }

  /// Skips a byte order mark and finds the separator in the first row.
  private mutating func begin() throws {
    var head: [UInt8] = []
    // As far as the first row's end; a row longer than this has its separators well before.
    while head.count < 64 * 1024, !head.contains(where: { $0 == Self.lf || $0 == Self.cr }) {
      let more = try nextChunk()
      if more.isEmpty { break }
      head += more
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw CSVError(line: 1, reason: "UTF-16; save the file as CSV UTF-8")
    }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head.removeFirst(3) }
    chunk = head
    position = 0

    let blank = head.prefix { $0 == Self.lf || $0 == Self.cr }.count
    let row = head.dropFirst(blank).prefix { $0 != Self.lf && $0 != Self.cr }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let counts = candidates.map { candidate in row.count { $0 == candidate } }
    // The first of equals: a comma where there is only one column.
    separator = candidates[counts.indices.max { counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1) } ?? 0]
  }
}
