import Foundation
import Rotation

/// A file of numbers, read row by row and checked as far as that can be done without the store.
struct NumberFile {
  enum Entry {
    case row(ImportRow)
    case rejected(line: Int, value: String, reason: String)
  }

  let format: NumberFileFormat
  private var reader: CSVReader
  private let header: CSVReader.Row
  /// The first row, where it is a number's.
  private var pending: CSVReader.Row?
  private var isEmpty = true
  private let countryCode: String

  /// - Parameter nextChunk: gives the next bytes; none at the end.
  /// - Throws: `CSVError` where the whole file is of no use.
  init(
    countryCode: String, maps: [ColumnMap] = [], nextChunk: @escaping () throws -> [UInt8]
  ) throws {
    self.countryCode = countryCode
    reader = CSVReader(nextChunk: nextChunk)
    guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    header = first
    format = try NumberFileFormat(first, maps: maps)
    pending = format.hasHeader ? nil : first
  }

  /// The next entry, or nil at the end.
  mutating func next() throws -> Entry? {
    while let row = try pending.take() ?? reader.next() {
      // Spreadsheets end their files with rows of separators only.
      guard row.cells.contains(where: { !$0.isEmpty }) else { continue }
      isEmpty = false
      return entry(row)
    }
    if isEmpty { throw CSVError(line: header.line, reason: "no rows follow the line that names the columns") }
    return nil
  }

  private func entry(_ row: CSVReader.Row) -> Entry {
    func rejected(_ reason: String) -> Entry {
      let value = format.callerID < row.cells.count ? row.cells[format.callerID] : row.cells[0]
      return .rejected(line: row.line, value: value, reason: reason)
    }
    guard row.cells.count == format.columns.count else {
      let cells = row.cells.count == 1 ? "1 cell" : "\(row.cells.count) cells"
      return rejected("\(cells) where the \(format.hasHeader ? "header" : "first row") has \(format.columns.count)")
    }
    do {
      let phone = try PhoneNumber(plain(row.cells[format.callerID]), countryCode: countryCode)
      return .row(
        try format.isVICIdial ? ofVICIdial(row, phone) : ImportRow(line: row.line, phone: phone, fields: fields(row)))
    } catch let error as PhoneNumber.Invalid {
      return rejected(error.reason)
    } catch let error as StoreError {
      return rejected(error.message)
    } catch {
      return rejected("\(error)")
    }
  }

  private func fields(_ row: CSVReader.Row) throws -> NumberFields {
    var fields = NumberFields()
    for (meaning, cell) in zip(format.columns, row.cells) {
      switch meaning {
      case .field(let field): try fields.set(field, to: plain(cell))
      case .standing where !cell.isEmpty: try fields.set(standing: cell)
      default: break
      }
    }
    return fields
  }

  /// One area code's row of a number.
  private func ofVICIdial(_ row: CSVReader.Row, _ phone: PhoneNumber) throws -> ImportRow {
    var standing = ImportRow.Standing.active
    var cells = row.cells
    for (column, meaning) in format.columns.enumerated() {
      // NULL as MySQL's client and its dumps write it.
      if cells[column] == "NULL" || cells[column] == "\\N" { cells[column] = "" }
      switch meaning {
      case .field(.areaCode) where cells[column].isEmpty || cells[column].lowercased() == "none":
        // Other rows may add to it.
        cells[column] = phone.areaCode.map(String.init) ?? ""
      case .field(.name) where ["NOROTATE", "DONOTUSE"].contains(cells[column].uppercased()): standing = .barred
      case .standing where cells[column].uppercased() != "Y" && standing == .active: standing = .inactive
      default: break
      }
    }
    var fields = try fields(CSVReader.Row(line: row.line, cells: cells))
    if format.columns.contains(.standing) || standing == .barred {
      try fields.set(standing: standing == .active ? "Y" : "N")
    }
    return ImportRow(line: row.line, phone: phone, fields: fields, standing: standing)
  }

  /// Without the apostrophe that `CSVWriter` puts before what a spreadsheet would run.
  private func plain(_ cell: String) -> String {
    CSVWriter.isGuarded(cell) ? String(cell.unicodeScalars.dropFirst()) : cell
  }
}

extension NumberFile {
  /// - Parameter path: `-` reads standard input.
  /// - Throws: `StoreError` where it cannot be read.
  init(reading path: String, countryCode: String, maps: [ColumnMap]) throws {
    let source = path == "-" ? nil : try Source(path)
    try self.init(countryCode: countryCode, maps: maps) {
      try Source.read(source?.descriptor ?? STDIN_FILENO, name: source?.path ?? "standard input")
    }
  }

  /// An open file, closed with the last reference.
  private final class Source {
    let path: String
    let descriptor: Int32

    init(_ path: String) throws {
      self.path = path
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.unreadable(path) }
    }

    deinit { close(descriptor) }

    static func read(_ descriptor: Int32, name: String) throws -> [UInt8] {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, size in
        repeat {
          count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
        } while count < 0 && errno == EINTR
        size = max(0, count)
      }
      guard count >= 0 else { throw unreadable(name) }
      return chunk
    }

    private static func unreadable(_ name: String) -> StoreError {
      StoreError(.refused, "cannot read \(name): \(String(cString: strerror(errno)))", hint: "Nothing was changed")
    }
  }
}
