import Rotation

/// What the columns of a file of numbers contain, recognised by the first row of the file.
///
/// A file with our own column caller_id is read strictly: an unknown column is an error. The files of other programs
/// are recognised by their name for the column of the numbers or, where the file does not name its columns, by the
/// shape of the first row:
/// - VICIdial's table vicidial_campaign_cid_areacodes, and the lines of its API, which have the same columns without
///   their names;
/// - VICIdial's bulk lines, `NPA,CID,DESCRIPTION,ACTIVE` or `STATE,CID,DESCRIPTION,ACTIVE` (admin_bulk_tools.php);
/// - the lists of Twilio (whose documentation promises no order of the columns), Telnyx and others.
package struct NumberFileFormat {
  enum Meaning: Hashable {
    case callerID
    case field(NumberField)
    /// Another program's word for whether the number is in use.
    case standing

    /// What messages call it.
    var name: String {
      switch self {
      case .callerID: "caller_id"
      case .field(let field): field.rawValue
      case .standing: "status"
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

  /// The index of the column of the numbers.
  var callerID: Int { columns.firstIndex(of: .callerID) ?? 0 }

  /// What the operator should be told about a file that does not have our own columns; nil where there is nothing to
  /// say.
  package var note: String? {
    name.map { "read as \($0)" + (ignored.isEmpty ? "" : "; ignored columns: " + ignored.joined(separator: ", ")) }
  }

  /// - Parameter maps: what the operator says of columns; it overrides what is recognised.
  /// - Throws: `CSVError` where no column, or more than one, contains the numbers.
  init(_ first: CSVReader.Row, maps: [ColumnMap]) throws {
    func refused(_ reason: String) -> CSVError { CSVError(line: first.line, reason: reason) }
    columns = Array(repeating: nil, count: first.cells.count)
    if let shape = Self.shape(of: first.cells) {
      (name, columns) = shape
      hasHeader = false
      isVICIdial = true
    }
    let mapped = try Self.columns(of: maps, in: first, hasHeader: hasHeader)
    let numberIsMapped = mapped.values.contains(.callerID)
    // Where the operator gives the column of the numbers, and the first row has a number there, that row is data.
    if hasHeader, let column = mapped.first(where: { $0.value == .callerID })?.key,
      Self.looksLikeNumber(first.cells[column])
    {
      hasHeader = false
      name = "lines without column names"
    }
    if hasHeader {
      let names = first.cells.map(Self.normalized)
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
      ignored = columns.indices.filter { columns[$0] == nil && mapped[$0] == nil }.compactMap {
        CallerText(first.cells[$0])?.text ?? "column \($0 + 1)"
      }
    }
  }

  // MARK: By names

  /// The names of our own columns, in the order in which they are exported.
  package static let ownColumns = ["caller_id"] + NumberField.allCases.map(\.rawValue)

  /// Our own columns. An unknown one is an error, because a misspelt column must not be taken for one that is missing.
  private mutating func readOwn(_ header: CSVReader.Row, _ names: [String], except mapped: [Int: Meaning?]) throws {
    func refused(_ reason: String) -> CSVError { CSVError(line: header.line, reason: reason) }
    for (index, name) in names.enumerated() where mapped[index] == nil {
      guard let key = Self.ownColumns.first(where: { Self.normalized($0) == name }) else {
        let name =
          CallerText(header.cells[index]).map { "unknown column \"\($0.text)\"" } ?? "column \(index + 1) has no name"
        throw refused("\(name). The columns are " + Self.ownColumns.joined(separator: ", "))
      }
      guard names[..<index].contains(name) == false else { throw refused("two columns are named \(key)") }
      columns[index] = NumberField(rawValue: key).map(Meaning.field) ?? .callerID
    }
  }

  /// What other programs call the column of the numbers, the most certain name first.
  private static let numberNames = [
    "outboundcid", "numbervale164", "phonenumber", "telephonenumber", "fullnumber", "did", "tn", "number",
  ]

  /// What other programs call the other columns. `state` is not among them: there it means Florida, not enabled.
  private static let otherNames: [(Meaning, [String])] = [
    (.field(.carrier), ["carrier"]), (.field(.areaCode), ["areacode", "npa"]),
    (.field(.dailyLimit), ["dailylimit"]), (.field(.hourlyLimit), ["hourlylimit"]),
    (.field(.name), ["ciddescription", "description", "friendlyname", "name"]), (.field(.pool), ["pool"]),
    (.standing, ["active", "status"]),
  ]

  private mutating func readOther(
    _ header: CSVReader.Row, _ names: [String], except mapped: [Int: Meaning?], numberIsMapped: Bool
  ) {
    func place(_ meaning: Meaning, _ candidates: [String]) -> Int? {
      let column = candidates.lazy.compactMap { names.firstIndex(of: $0) }.first
      if let column, mapped[column] == nil { columns[column] = meaning }
      return column
    }
    var number: Int?
    if !numberIsMapped {
      number = place(.callerID, Self.numberNames)
      guard number != nil else { return }
    }
    for (meaning, candidates) in Self.otherNames { _ = place(meaning, candidates) }
    isVICIdial = number.map { names[$0] } == "outboundcid"
    name = Self.program(names, number: number) + (number.map { ", the numbers in \"\(header.cells[$0])\"" } ?? "")
  }

  private static func program(_ names: [String], number: Int?) -> String {
    switch number.map({ names[$0] }) {
    case "outboundcid": return "VICIdial's caller-ID table"
    case "numbervale164": return "Telnyx's list"
    case "phonenumber" where !["sid", "accountsid", "friendlyname"].allSatisfy { !names.contains($0) }:
      return "Twilio's list"
    case "phonenumber" where names.contains("status") && !names.contains("locationcity"): return "Telnyx's list"
    default: return "a list of numbers"
    }
  }

  /// The name without spaces, punctuation and capitals: `Caller ID`, `caller-id` and `CALLER_ID` are the same name.
  static func normalized(_ name: String) -> String {
    name.lowercased().filter { !$0.isWhitespace && !$0.isPunctuation && !$0.isSymbol }
  }

  // MARK: By shape

  private static func shape(of cells: [String]) -> (name: String?, columns: [Meaning?])? {
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
      || (try? PhoneNumber(cell)) != nil
  }

  // MARK: By what the operator says

  private static func columns(
    of maps: [ColumnMap], in first: CSVReader.Row, hasHeader: Bool
  ) throws -> [Int: Meaning?] {
    var mapped: [Int: Meaning?] = [:]
    let names = hasHeader ? first.cells.map(normalized) : []
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
