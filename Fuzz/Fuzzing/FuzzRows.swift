import NumberFiles
import Rotation

/// The rows of CSV, JSON and UTF-16 are the same whatever pieces a file comes in, in order and within their bounds.
func fuzzRows(_ bytes: [UInt8]) throws {
  let whole = try rowsWhateverThePieces(of: bytes) { pieces in
    var reader = try RowReader(nextChunk: pieces)
    return { try reader.next() }
  }
  var line = 0
  for row in whole.rows.dropFirst() {
    try expect(row.line > line, "rows come in order")
    line = row.line
    try expect(row.cells.count <= CSVReader.maximumCells, "\(row.cells.count) cells")
    try expect(row.cells.allSatisfy { $0.utf8.count <= CSVReader.maximumCell }, "a cell is too long")
  }
}

/// A number's cell is a number of digits or is refused with a reason, and a condition compares what it was made of.
func fuzzCells(_ bytes: [UInt8]) throws {
  for line in lines(bytes) {
    let cell = text(line)
    if let phone = try? NumberCell.phone(cell, countryCode: "1") { try check(phone) }
    _ = StatusWords(enabled: [cell]).state(cell)
    _ = RestCondition(cell)
    try expect(ShellText.quoted(cell).utf8.count >= cell.utf8.count, "a quoted text has all of the text")
  }
}
