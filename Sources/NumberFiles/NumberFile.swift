package import Rotation

/// A file of numbers, read row by row. Each row is checked as far as that can be done without the store.
package struct NumberFile {
  package enum Entry {
    case row(ImportRow)
    /// A row that cannot be used.
    case rejected(ImportReport.Rejection)
  }

  /// A word for whether a number is in use that nobody knows.
  package struct UnknownWord {
    /// As the file has it first.
    package let text: String
    package let column: String
    /// The line of its first row.
    package let line: Int
    package fileprivate(set) var rows = 0
  }

  package let format: NumberFileFormat
  /// What messages call the file.
  package private(set) var name = "the file"
  /// The words that must be decided on before the rows can be used, in the order of the file. They count as disabled
  /// until then.
  package private(set) var unknownWords: [UnknownWord] = []
  private var reader: RowReader
  private let header: CSVReader.Row
  /// How many lines stand before the one that names the columns.
  private let skipped: Int
  /// The first row of a file that does not name its columns, or the rest of a row with many numbers.
  private var pending: [CSVReader.Row] = []
  private var isEmpty = true
  private let countryCode: String
  private let codes: PhoneNumber.Codes
  private let words: StatusWords
  private let countryColumn: Int?
  /// What the words in that column have been found to mean. A file has few of them, and names are looked for in a list.
  private var countries: [String: Country?] = [:]

  /// - Parameters:
  ///   - countryCode: the country of numbers that are written without one.
  ///   - codes: which numbers are taken.
  ///   - maps: what the operator says of columns; it overrides what is recognised.
  ///   - words: what words say of whether a number is in use.
  ///   - nextChunk: returns the next bytes of the file, and no bytes at its end.
  /// - Throws: `CSVError` where the whole file cannot be used, and whatever `nextChunk` throws.
  package init(
    countryCode: String, codes: PhoneNumber.Codes = .known, maps: [ColumnMap] = [], words: StatusWords = StatusWords(),
    nextChunk: @escaping () throws -> [UInt8]
  ) throws {
    self.countryCode = countryCode
    self.codes = codes
    self.words = words
    reader = try RowReader(nextChunk: nextChunk)
    guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    do {
      format = try NumberFileFormat(first, maps: maps)
      header = first
      skipped = 0
    } catch let error as CSVError {
      // Some programs write a title and a date before the names of the columns.
      guard let (row, found) = try Self.header(after: first, in: &reader, maps: maps) else { throw error }
      format = found
      header = row
      skipped = row.line - 1
    }
    countryColumn = format.columns.firstIndex(of: .country)
    if !format.hasHeader { pending = divided(first) }
  }

  /// How many lines are looked at for the names of the columns.
  private static let mostTitleLines = 10

  private static func header(
    after first: CSVReader.Row, in reader: inout RowReader, maps: [ColumnMap]
  ) throws -> (CSVReader.Row, NumberFileFormat)? {
    guard !reader.isJSON, first.cells.count(where: { !$0.isEmpty }) <= 2 else { return nil }
    for _ in 0..<mostTitleLines {
      reader.forgetSeparator()
      guard let row = try reader.next() else { return nil }
      if row.cells.count > 1, let format = try? NumberFileFormat(row, maps: maps), format.hasHeader {
        return (row, format)
      }
    }
    return nil
  }

  /// What the operator should be told about the file and its columns; nil where there is nothing to say.
  package var note: String? {
    var notes = [format.note, reader.note].compactMap(\.self)
    if skipped > 0 { notes.append("the columns are named in line \(skipped + 1)") }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// What the number of a row counts: lines, or the entries of a JSON list.
  package var unit: String { format.hasManyInARow ? "entry" : reader.unit }

  /// Returns the next entry, or nil at the end.
  ///
  /// - Throws: `CSVError` where the rest of the file cannot be used, and whatever `nextChunk` throws.
  package mutating func next() throws -> Entry? {
    while let row = try nextRow() {
      guard !row.isBlank else { continue }
      isEmpty = false
      if format.mayLackNumbers, row.cells.count <= format.callerID || row.cells[format.callerID].isEmpty { continue }
      return entry(row)
    }
    if isEmpty { throw CSVError(line: header.line, reason: "no rows follow the line that names the columns") }
    return nil
  }

  private mutating func nextRow() throws -> CSVReader.Row? {
    if !pending.isEmpty { return pending.removeFirst() }
    guard let row = try reader.next() else { return nil }
    guard format.hasManyInARow else { return row }
    // Columns of numbers, of which some may be another's, such as those that calls are forwarded to.
    throw CSVError(
      line: row.line,
      reason: "there are several numbers in each line. Say which column has those of yours: --map 1=caller_id")
  }

  /// A row for each number of a row.
  private mutating func divided(_ row: CSVReader.Row) -> [CSVReader.Row] {
    guard format.hasManyInARow else { return [row] }
    return row.cells.enumerated().map { CSVReader.Row(line: $0 + 1, cells: [$1]) }
  }

  // MARK: Rows

  /// A cell that cannot be used.
  private struct Unusable: Error {
    let column: Int?
    let reason: String
  }

  private mutating func entry(_ row: CSVReader.Row) -> Entry {
    var cells = row.cells
    do {
      // Spreadsheets leave empty cells at the end of a row out, or add some.
      while cells.count > format.columns.count, cells.last?.isEmpty ?? false { cells.removeLast() }
      guard cells.count <= format.columns.count else {
        throw Unusable(
          column: nil,
          reason:
            "\(cells.count) cells where the \(format.hasHeader ? "header" : "first row") has \(format.columns.count)")
      }
      while cells.count < format.columns.count { cells.append("") }
      return .row(try format.isVICIdial ? ofVICIdial(cells, line: row.line) : ofOthers(cells, line: row.line))
    } catch {
      let value = format.callerID < row.cells.count ? row.cells[format.callerID] : row.cells[0]
      let unusable = error as? Unusable ?? Unusable(column: nil, reason: "\(error)")
      return .rejected(
        .init(
          line: row.line, value: value, reason: unusable.reason, column: unusable.column.map(format.name(ofColumn:))))
    }
  }

  /// What the column of countries says (`US`, `United States`, `+44`). A word that names no country says nothing.
  private mutating func country(_ cells: [String]) -> Country? {
    guard let countryColumn, !cells[countryColumn].isEmpty else { return nil }
    let word = cells[countryColumn]
    if let known = countries[word] { return known }
    let country = Country(named: CellText.plain(word))
    countries[word] = .some(country)
    return country
  }

  private mutating func phone(_ cells: [String]) throws(Unusable) -> PhoneNumber {
    let country = country(cells)
    do throws(StoreError) {
      return try NumberCell.phone(
        cells[format.callerID], country: country, countryCode: countryCode, codes: codes)
    } catch {
      throw Unusable(column: format.callerID, reason: error.message)
    }
  }

  private mutating func ofOthers(_ cells: [String], line: Int) throws(Unusable) -> ImportRow {
    let phone = try phone(cells)
    var fields = NumberFields()
    var disabledBy: String?
    for (index, meaning) in format.columns.enumerated() {
      switch meaning {
      case .field(.state), .standing:
        guard let word = try set(&fields, stateBy: cells[index], column: index, line: line) else { continue }
        disabledBy = disabledBy ?? word
      case .bar(let column):
        guard words.state(cells[index]) == .enabled else { continue }
        try set(&fields, .state, to: "disabled", column: index)
        disabledBy = "\(column) \(cells[index])"
      case .field(let field): try set(&fields, field, to: cells[index], column: index)
      case .callerID, .country, nil: break
      }
    }
    if disabledBy != nil, fields.isEnabling { try set(&fields, .state, to: "disabled", column: format.callerID) }
    return ImportRow(line: line, phone: phone, fields: fields, disabledBy: disabledBy)
  }

  /// A row of a VICIdial file, which has one row for each area code that a number serves.
  private mutating func ofVICIdial(_ cells: [String], line: Int) throws(Unusable) -> ImportRow {
    let phone = try phone(cells)
    var standing = ImportRow.Standing.active
    var disabledBy: String?
    var fields = NumberFields()
    for (index, meaning) in format.columns.enumerated() {
      var cell = CellText.ofMySQL(cells[index])
      switch meaning {
      case .standing:
        // VICIdial's active is Y or N, and its default is empty: not active.
        guard standing != .barred else { continue }
        if let word = try set(&fields, stateBy: cell.isEmpty ? "N" : cell, column: index, line: line) {
          standing = .inactive
          disabledBy = cell.isEmpty ? "" : word
        }
      case .field(let field):
        if field == .areaCode, cell.isEmpty || cell.lowercased() == "none" {
          // The number's own area code; the other rows of the number may add more.
          cell = phone.areaCode ?? ""
        }
        if field == .name, ["NOROTATE", "DONOTUSE"].contains(cell.uppercased()) {
          standing = .barred
          disabledBy = cell
        }
        try set(&fields, field, to: cell, column: index)
      case .bar, .callerID, .country, nil: break
      }
    }
    if standing == .barred { try set(&fields, .state, to: "disabled", column: format.callerID) }
    return ImportRow(line: line, phone: phone, fields: fields, standing: standing, disabledBy: disabledBy)
  }

  private func set(
    _ fields: inout NumberFields, _ field: NumberField, to cell: String, column: Int
  ) throws(Unusable) {
    var text = CellText.shown(cell)
    switch field {
    // A description of another program may be longer than a name; the number is good all the same.
    case .name where format.name != nil: text = CallerText(text)?.text ?? ""
    case .name, .carrier, .pool, .authorizedBy: text = text == cell ? CSVWriter.unguarded(cell) : text
    default: text = CellText.plain(cell)
    }
    do throws(StoreError) {
      try fields.set(field, to: text)
    } catch {
      throw Unusable(column: column, reason: error.message)
    }
  }

  /// Reads a word for whether the number is in use.
  ///
  /// - Returns: the word, where it says that the number is not.
  private mutating func set(
    _ fields: inout NumberFields, stateBy cell: String, column: Int, line: Int
  ) throws(Unusable) -> String? {
    guard !cell.isEmpty else { return nil }
    let word = CellText.plain(cell)
    if let state = words.state(word) {
      try set(&fields, .state, to: state.rawValue, column: column)
      return state == .enabled ? nil : word
    }
    // Our own column has three words, and whoever misspells one is told so.
    if format.name == nil { try set(&fields, .state, to: word, column: column) }
    let index = unknownWords.firstIndex { StatusWords.isSame($0.text, word) } ?? unknownWords.count
    if index == unknownWords.count {
      // A column with so many words is none of states.
      guard index < 100 else { throw Unusable(column: column, reason: "not known whether \"\(word)\" is in use") }
      unknownWords.append(UnknownWord(text: word, column: format.name(ofColumn: column), line: line))
    }
    unknownWords[index].rows += 1
    try set(&fields, .state, to: "disabled", column: column)
    return word
  }
}

extension NumberFile {
  /// - Parameter path: the path of the file; `-` is standard input.
  /// - Throws: `StoreError` where the file cannot be read or cannot be used.
  package init(
    reading path: String, countryCode: String, codes: PhoneNumber.Codes, maps: [ColumnMap], words: StatusWords
  ) throws {
    let file = try InputFile(path: path)
    do {
      try self.init(countryCode: countryCode, codes: codes, maps: maps, words: words, nextChunk: file.nextChunk)
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
        case .rejected(let rejection): stage.reject(rejection)
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
