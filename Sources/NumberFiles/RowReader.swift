/// Reads the rows of a file, whether it is CSV or JSON.
package struct RowReader {
  private var csv: CSVReader?
  private var json: JSONRows?

  /// - Parameter nextChunk: returns the next bytes of the file, and no bytes at its end.
  /// - Throws: `CSVError` where the file is JSON that cannot be used, and whatever `nextChunk` throws.
  package init(nextChunk: @escaping () throws -> [UInt8]) throws {
    let text = TextChunks(nextBytes: nextChunk)
    let chunk = try text.next()
    text.putBack(chunk)
    let first = chunk.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    // No CSV of numbers begins so.
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      json = try JSONRows(text)
    } else {
      csv = CSVReader(text)
    }
  }

  /// Returns the next row, or nil at the end.
  ///
  /// - Throws: `CSVError` where the rest of the file cannot be used, and whatever `nextChunk` throws.
  package mutating func next() throws -> CSVReader.Row? { try csv?.next() ?? json?.next() }

  /// What the operator should know of how the file was read; nil where there is nothing to say.
  var note: String? { csv?.note }

  var isJSON: Bool { json != nil }

  /// What a row's number counts.
  var unit: String { json?.countsEntries ?? false ? "entry" : "line" }

  /// See `CSVReader.forgetSeparator()`.
  mutating func forgetSeparator() { csv?.forgetSeparator() }
}
