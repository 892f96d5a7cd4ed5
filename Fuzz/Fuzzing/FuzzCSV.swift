import NumberFiles
import Rotation

/// The reader ends, keeps its bounds and says the same whatever pieces a file comes in; what the writer writes, it
/// reads.
func fuzzCSV(_ bytes: [UInt8]) throws {
  let file = Array(bytes.dropFirst())
  let whole = try rowsWhateverThePieces(of: bytes, csv)
  var line = 0
  for row in whole.rows {
    try expect(row.line > line, "rows come in order")
    line = row.line
    try expect((1...CSVReader.maximumCells).contains(row.cells.count), "\(row.cells.count) cells")
    try expect(row.cells.allSatisfy { $0.utf8.count <= CSVReader.maximumCell }, "a cell is too long")
    try roundTrip(row.cells)
  }
  // A cell that no reader has been at yet.
  try roundTrip([text(file.filter { $0 != 0 }.prefix(1000))])
}

struct ReadRows: Equatable {
  var rows: [CSVReader.Row] = []
  var error: CSVError?
}

/// Makes a reader of the pieces that a function hands out: a function that returns its next row.
typealias RowReading = @Sendable (@escaping () throws -> [UInt8]) throws -> () throws -> CSVReader.Row?

private let csv: RowReading = { pieces in
  var reader = CSVReader(nextChunk: pieces)
  return { try reader.next() }
}

/// The rows of a file, whose first byte says in pieces of which size it is to be read as well.
func rowsWhateverThePieces(of bytes: [UInt8], _ reading: RowReading) throws -> ReadRows {
  let size = Int(bytes.first ?? 1) + 1
  let file = Array(bytes.dropFirst())
  let whole = rows(file, inPiecesOf: .max, reading)
  try expect(rows(file, inPiecesOf: size, reading) == whole, "pieces of \(size) make no difference")
  try expect(rows(file, inPiecesOf: 1, reading) == whole, "pieces of 1 make no difference")
  return whole
}

private func rows(_ file: [UInt8], inPiecesOf size: Int, _ reading: RowReading) -> ReadRows {
  var rest = file[...]
  var outcome = ReadRows()
  do {
    let next = try reading {
      let piece = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      return piece
    }
    while let row = try next() { outcome.rows.append(row) }
  } catch {
    outcome.error = error as? CSVError
  }
  return outcome
}

/// Cells as `export` and `--csv` write them: read back they are the same, and a spreadsheet runs none of them.
private func roundTrip(_ cells: [String]) throws {
  // Spaces at the ends are no part of any text in a store.
  let cells = cells.map { $0.trimmingSpaces }.filter { $0.utf8.count < 2000 }
  guard cells.count < CSVReader.maximumCells else { return }
  let line = CSVWriter.line(["x"] + cells)
  let read = rows(Array("a,b\n\(line)\n".utf8), inPiecesOf: .max, csv)
  try expect(read.error == nil && read.rows.count == 2, "\(line.debugDescription) is one row")
  try expect(
    read.rows[1].cells.map(CSVWriter.unguarded) == ["x"] + cells, "\(line.debugDescription) is read as other cells")
  for cell in read.rows[1].cells {
    let isRun = cell.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
    let isNumber = !cell.utf8.dropFirst().isEmpty && cell.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    try expect(!isRun || isNumber, "\(cell.debugDescription) is a formula")
  }
}

/// Every entry of a file of numbers is a number of digits, with checked fields, or is rejected with a reason.
func fuzzNumberFile(_ bytes: [UInt8]) throws {
  let countryCode = bytes.first == UInt8(ascii: "4") ? "44" : "1"
  var rest = bytes.dropFirst()[...]
  do {
    var file = try NumberFile(countryCode: countryCode) {
      defer { rest = [] }
      return Array(rest)
    }
    var line = 0
    while let entry = try file.next() {
      switch entry {
      case .row(let row):
        try check(row.phone)
        try expect(row.line > line, "rows come in order")
        line = row.line
      case .rejected(let row):
        try expect(row.line > line && !row.reason.isEmpty, "a rejection says where and why")
        line = row.line
      }
    }
  } catch let error as CSVError {
    try expect(error.line > 0 && !error.reason.isEmpty, "a refusal says where and why")
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var scalars = unicodeScalars[...]
    while scalars.first == " " { scalars.removeFirst() }
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }
}
