import Rotation

/// What the columns of a file of numbers contain, recognised by the first row of the file.
///
/// A file with our own column caller_id is read strictly: an unknown column is an error. The files of other programs
/// are recognised by the names of their columns (`KnownProgram`) or, where the file does not name its columns, by the
/// shape of the first row:
/// - VICIdial's table vicidial_campaign_cid_areacodes, and the lines of its API, which have the same columns without
///   their names;
/// - VICIdial's bulk lines, `NPA,CID,DESCRIPTION,ACTIVE` or `STATE,CID,DESCRIPTION,ACTIVE` (admin_bulk_tools.php);
/// - a list of numbers and nothing else.
package struct NumberFileFormat {
  enum Meaning: Hashable {
    case callerID
    case field(NumberField)
    /// Another program's word for whether the number is in use.
    case standing
    /// Another program's yes where the number is not in use; with the name of the column.
    case bar(String)
    /// The country that the number is in.
    case country

    /// What messages call it.
    var name: String {
      switch self {
      case .callerID: "caller_id"
      case .field(let field): field.rawValue
      case .standing: "state"
      case .bar(let column): column
      case .country: "country"
      }
    }
  }

  /// What messages call the format; nil for our own.
  private(set) var name: String?
  /// What each column contains; nil for a column that is ignored.
  private(set) var columns: [Meaning?]
  /// Whether the first row names the columns.
  private(set) var hasHeader = true
  /// VICIdial has a row for each area code that a number serves.
  private(set) var isVICIdial = false
  /// The names of columns that are ignored although the operator did not ask for it.
  private(set) var ignored: [String] = []
  /// What the first row calls the columns.
  private let header: [String]
  /// Whether each cell of a row is a number of its own, as in `2145550101,2145550102`.
  private(set) var hasManyInARow = false
  /// Whether a row without a number is no error: most of a PBX's extensions have none.
  private(set) var mayLackNumbers = false

  /// The index of the column of the numbers.
  var callerID: Int { columns.firstIndex(of: .callerID) ?? 0 }

  /// What the operator should be told about a file that does not have our own columns; nil where there is nothing to
  /// say.
  package var note: String? {
    name.map { name in
      let used =
        !hasHeader
        ? []
        : columns.indices.compactMap { index in
          columns[index].map { "\(self.name(ofColumn: index)) as \($0.name)" }
        }
      return "read as \(name)" + (used.isEmpty ? "" : "; used: " + used.joined(separator: ", "))
        + (ignored.isEmpty ? "" : "; ignored columns: " + ignored.joined(separator: ", "))
    }
  }

  /// What messages call a column: what the file calls it, or else its number.
  func name(ofColumn index: Int) -> String {
    (hasHeader ? CallerText(header[index])?.text : nil) ?? String(index + 1)
  }

  /// What messages call the column with this meaning; nil where there is none.
  func column(of meaning: Meaning) -> String? { columns.firstIndex(of: meaning).map(name(ofColumn:)) }

  /// - Parameter maps: what the operator says of columns; it overrides what is recognised.
  /// - Throws: `CSVError` where no column, or more than one, contains the numbers.
  init(_ first: CSVReader.Row, maps: [ColumnMap]) throws {
    func refused(_ reason: String) -> CSVError { CSVError(line: first.line, reason: reason) }
    header = first.cells.map(CellText.plain)
    columns = Array(repeating: nil, count: first.cells.count)
    if let shape = Self.shape(of: header) {
      (name, columns) = shape
      hasHeader = false
      isVICIdial = columns.count > 1
      hasManyInARow = columns.count < first.cells.count
    }
    let mapped = try Self.columns(of: maps, in: first, hasHeader: hasHeader)
    if hasManyInARow, !maps.isEmpty {
      // The operator knows better what the cells are.
      hasManyInARow = false
      columns = Array(repeating: nil, count: first.cells.count)
    }
    let numberIsMapped = mapped.values.contains(.callerID)
    // Where the operator gives the column of the numbers, and the first row has a number there, that row is data.
    if hasHeader, let column = mapped.first(where: { $0.value == .callerID })?.key,
      Self.looksLikeNumber(first.cells[column])
    {
      hasHeader = false
      name = "lines without column names"
    }
    if hasHeader {
      let names = header.map(Self.normalized)
      if names.contains("callerid") {
        try readOwn(first, names, except: mapped)
      } else {
        readOther(first, names, except: mapped, numberIsMapped: numberIsMapped)
      }
    }
    // The operator's word replaces what was recognised.
    columns = columns.map { mapped.values.contains($0) ? nil : $0 }
    for (column, meaning) in mapped { columns[column] = meaning }
    guard columns.contains(.callerID) else {
      if hasHeader, first.cells.contains(where: Self.looksLikeNumber) {
        throw refused(
          "the first line has a number where the names of the columns belong. Begin the file with a line such as "
            + Self.ownColumns.prefix(max(first.cells.count, 1)).joined(separator: ",")
            + ", or say what the columns contain: --map 1=caller_id")
      }
      throw refused(
        "there is no column caller_id. Give the column of the numbers that name, or say which column it is: "
          + "--map COLUMN=caller_id. The columns are " + Self.list(first.cells))
    }
    let meanings = columns.compactMap(\.self)
    if let twice = meanings.first(where: { meaning in meanings.count(where: { $0 == meaning }) > 1 }) {
      throw refused("two columns contain \(twice.name)")
    }
    if hasHeader, name != nil {
      ignored = columns.indices.filter { columns[$0] == nil && mapped[$0] == nil }.map {
        CallerText(self.header[$0])?.text ?? "column \($0 + 1)"
      }
    }
  }

  // MARK: By names

  /// The names of our own columns, in the order in which they are exported.
  package static let ownColumns = ["caller_id"] + NumberField.allCases.map(\.rawValue)
  /// What a column may be said to contain.
  package static let meanings = ownColumns + ["country"]

  static func meaning(named name: String) -> Meaning? {
    guard let key = meanings.first(where: { normalized($0) == name }) else { return nil }
    return NumberField(rawValue: key).map { .field($0) } ?? (key == "country" ? .country : .callerID)
  }

  /// Our own columns. An unknown one is an error, because a misspelt column must not be taken for one that is missing.
  private mutating func readOwn(_ header: CSVReader.Row, _ names: [String], except mapped: [Int: Meaning?]) throws {
    func refused(_ reason: String) -> CSVError { CSVError(line: header.line, reason: reason) }
    for (index, name) in names.enumerated() where mapped[index] == nil {
      guard let meaning = Self.meaning(named: name) else {
        let name =
          CallerText(header.cells[index]).map { "unknown column \"\($0.text)\"" } ?? "column \(index + 1) has no name"
        throw refused("\(name). The columns are " + Self.ownColumns.joined(separator: ", "))
      }
      guard names[..<index].contains(name) == false else { throw refused("two columns are named \(meaning.name)") }
      columns[index] = meaning
    }
  }

  private mutating func readOther(
    _ header: CSVReader.Row, _ names: [String], except mapped: [Int: Meaning?], numberIsMapped: Bool
  ) {
    func place(_ meaning: Meaning, _ candidates: [String]) -> Int? {
      let column = candidates.lazy.compactMap { names.firstIndex(of: $0) }.first
      if let column, mapped[column] == nil { columns[column] = meaning }
      return column
    }
    let program = numberIsMapped ? nil : KnownProgram.of(names)
    if !numberIsMapped {
      guard place(.callerID, program.map { [$0.number] } ?? KnownProgram.numberNames) != nil else { return }
    }
    for (meaning, candidates) in KnownProgram.otherNames {
      _ = place(meaning, candidates.filter { $0 != program?.number && !(program?.ignoring.contains($0) ?? false) })
    }
    for (index, name) in names.enumerated() where KnownProgram.bars.contains(name) && mapped[index] == nil {
      columns[index] = .bar(header.cells[index])
    }
    name = program?.name ?? "a list of numbers"
    isVICIdial = name == "VICIdial's caller-ID table"
    mayLackNumbers = name?.hasPrefix("FreePBX") ?? false
  }

  /// The name without spaces, punctuation and capitals: `Caller ID`, `caller-id` and `CALLER_ID` are the same name.
  static func normalized(_ name: String) -> String {
    name.lowercased().filter { !$0.isWhitespace && !$0.isPunctuation && !$0.isSymbol }
  }

  // MARK: By shape

  private static func shape(of cells: [String]) -> (name: String?, columns: [Meaning?])? {
    if cells.allSatisfy(looksLikeNumber) { return ("a list of numbers without column names", [.callerID]) }
    let active = ["", "Y", "N"]
    if (2...4).contains(cells.count), isArea(cells[0]), looksLikeNumber(cells[1]),
      cells.count < 4 || active.contains(cells[3].uppercased())
    {
      let columns: [Meaning?] = [.field(.areaCode), .callerID, .field(.name), .standing]
      return ("VICIdial's bulk lines: area code, number, description, active", Array(columns.prefix(cells.count)))
    }
    if cells.count == 6, isArea(cells[1]), looksLikeNumber(cells[2]), active.contains(cells[3].uppercased()),
      Int(cells[5]) != nil
    {
      return (
        "VICIdial's API lines: campaign, area code, number, active, description, calls today",
        [nil, .field(.areaCode), .callerID, .standing, .field(.name), nil]
      )
    }
    return nil
  }

  /// VICIdial's table allows five characters; its groups without area codes have `none` there.
  private static func isArea(_ cell: String) -> Bool {
    (AreaCode.isDigits(cell) && cell.utf8.count <= 5) || Region(named: cell) != nil || cell.lowercased() == "none"
  }

  /// Whether the cell is meant as a number, even a wrong one or one that a spreadsheet has rounded.
  private static func looksLikeNumber(_ cell: String) -> Bool {
    cell.utf8.count(where: { (0x30...0x39).contains($0) }) >= 6 && cell.allSatisfy { "0123456789+-.() eE".contains($0) }
      || (try? NumberCell.phone(cell, countryCode: "1")) != nil
  }

  // MARK: By what the operator says

  private static func columns(
    of maps: [ColumnMap], in first: CSVReader.Row, hasHeader: Bool
  ) throws -> [Int: Meaning?] {
    var mapped: [Int: Meaning?] = [:]
    let names = hasHeader ? first.cells.map { normalized(CellText.plain($0)) } : []
    for map in maps {
      let name = normalized(map.column)
      guard
        let column = (name.isEmpty ? nil : names.firstIndex(of: name))
          ?? Int(map.column).flatMap({ first.cells.indices.contains($0 - 1) ? $0 - 1 : nil })
      else {
        throw CSVError(
          line: first.line,
          reason: "there is no column \"\(map.column)\". The columns are "
            + (hasHeader ? list(first.cells) : "1 to \(first.cells.count)"))
      }
      mapped.updateValue(map.meaning, forKey: column)
    }
    return mapped
  }

  private static func list(_ cells: [String]) -> String {
    cells.enumerated().map { CallerText($1)?.text ?? "column \($0 + 1)" }.joined(separator: ", ")
  }
}
