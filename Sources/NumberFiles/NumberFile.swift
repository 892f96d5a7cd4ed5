package import Rotation

/// A file of numbers, read row by row. Each row is checked as far as that can be done without the store.
package struct NumberFile {
  package enum Entry {
    case row(ImportRow)
    /// A row that cannot be used. The value is what it has in the column of the numbers.
    case rejected(line: Int, value: String, reason: String)
  }

  package let format: NumberFileFormat
  /// What messages call the file.
  package private(set) var name = "the file"
  private var reader: CSVReader
  private let header: CSVReader.Row
  /// The first row of a file that does not name its columns.
  private var pending: CSVReader.Row?
  private var isEmpty = true
  private let countryCode: String

  /// - Parameters:
  ///   - countryCode: the country of numbers that are written without one.
  ///   - maps: what the operator says of columns; it overrides what is recognised.
  ///   - nextChunk: returns the next bytes of the file, and no bytes at its end.
  /// - Throws: `CSVError` where the whole file cannot be used, and whatever `nextChunk` throws.
  package init(
    countryCode: String, maps: [ColumnMap] = [], nextChunk: @escaping () throws -> [UInt8]
  ) throws {
    self.countryCode = countryCode
    reader = CSVReader(nextChunk: nextChunk)
    guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    header = first
    format = try NumberFileFormat(first, maps: maps)
    pending = format.hasHeader ? nil : first
  }

  /// Returns the next entry, or nil at the end.
  ///
  /// - Throws: `CSVError` where the rest of the file cannot be used, and whatever `nextChunk` throws.
  package mutating func next() throws -> Entry? {
    while let row = try pending.take() ?? reader.next() {
      guard !row.isBlank else { continue }
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
      let phone = try PhoneNumber(CSVWriter.unguarded(row.cells[format.callerID]), countryCode: countryCode)
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
      case .field(let field): try fields.set(field, to: CSVWriter.unguarded(cell))
      case .standing where !cell.isEmpty: try fields.set(standing: cell)
      default: break
      }
    }
    return fields
  }

  /// A row of a VICIdial file, which has one row for each area code that a number serves.
  private func ofVICIdial(_ row: CSVReader.Row, _ phone: PhoneNumber) throws -> ImportRow {
    var standing = ImportRow.Standing.active
    var cells = row.cells
    for (column, meaning) in format.columns.enumerated() {
      // MySQL's client writes NULL so, its dumps \N.
      if cells[column] == "NULL" || cells[column] == "\\N" { cells[column] = "" }
      switch meaning {
      case .field(.areaCode) where cells[column].isEmpty || cells[column].lowercased() == "none":
        // The number's own area code; the other rows of the number may add more.
        cells[column] = phone.areaCode ?? ""
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
}

extension NumberFile {
  /// - Parameter path: the path of the file; `-` is standard input.
  /// - Throws: `StoreError` where the file cannot be read or cannot be used.
  package init(reading path: String, countryCode: String, maps: [ColumnMap]) throws {
    let file = try InputFile(path: path)
    do {
      try self.init(countryCode: countryCode, maps: maps, nextChunk: file.nextChunk)
    } catch let error as CSVError {
      throw error.refusal(of: file.name)
    }
    name = file.name
  }

  /// Reads the rest of the file into a stage, from which `Store.importNumbers` takes it.
  ///
  /// - Parameter progress: is called with the number of rows read so far, once for every 10,000 rows.
  /// - Throws: `StoreError` where the file cannot be read or cannot be used. Rows that cannot be used are no error: the
  ///   stage lists them as rejected.
  package mutating func stage(for store: Store, progress: (Int) -> Void = { _ in }) throws -> ImportStage {
    let stage = try ImportStage(for: store)
    var count = 0
    do {
      while let entry = try next() {
        switch entry {
        case .row(let row): try stage.add(row)
        case .rejected(let line, let value, let reason): stage.reject(line, value, reason)
        }
        count += 1
        if count % 10_000 == 0 { progress(count) }
      }
    } catch let error as CSVError {
      throw error.refusal(of: name)
    }
    return stage
  }
}

extension CSVReader.Row {
  /// Whether no cell has a text. Spreadsheets end their files with such rows.
  var isBlank: Bool { cells.allSatisfy(\.isEmpty) }
}
