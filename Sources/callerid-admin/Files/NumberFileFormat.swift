import Rotation

/// What the columns of a file of numbers hold, recognised by its first row.
///
/// A file with our own column caller_id is read strictly. Other programs' files are known by what they call the number,
/// or, without a line of names, by their shape:
/// - VICIdial's table vicidial_campaign_cid_areacodes, and its API's lines of the same columns without their names;
/// - VICIdial's bulk lines, `NPA,CID,DESCRIPTION,ACTIVE` or `STATE,CID,DESCRIPTION,ACTIVE` (admin_bulk_tools.php);
/// - the lists of Twilio (columns in no fixed order, by its documentation), Telnyx and others.
struct NumberFileFormat {
  enum Meaning: Hashable {
    case callerID
    case field(NumberField)
    /// Another program's word for whether the number is in use.
    case standing
  }

  /// What it is called to the operator; nil for our own.
  private(set) var name: String?
  /// What each column holds; nil where it is left out.
  private(set) var columns: [Meaning?]
  /// Whether the first row names the columns.
  private(set) var hasHeader = true
  /// VICIdial has a row for each area code that a number serves.
  private(set) var isVICIdial = false
  /// The columns that are left out without having been told to.
  private(set) var leftOut: [String] = []

  var callerID: Int { columns.firstIndex(of: .callerID) ?? 0 }

  /// What is to be said of a file that is not our own.
  var note: String? {
    name.map { "read as \($0)" + (leftOut.isEmpty ? "" : "; left out: " + leftOut.joined(separator: ", ")) }
  }

  /// - Parameter maps: what the operator says of columns; it goes before what is recognised.
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
    // Columns named by their number go with a first row that is a number's already.
    if hasHeader, let column = mapped.first(where: { $0.value == .callerID })?.key,
      Self.looksLikeNumber(first.cells[column])
    {
      hasHeader = false
      name = "lines without names for their columns"
    }
    if hasHeader {
      let names = first.cells.map(Self.normalized)
      if names.contains("callerid") {
        try readOwn(first, names, except: mapped)
      } else {
        readOther(first, names, except: mapped, numberIsMapped: numberIsMapped)
      }
    }
    // What is mapped takes the place of what was recognised.
    columns = columns.map { mapped.values.contains($0) ? nil : $0 }
    for (column, meaning) in mapped { columns[column] = meaning }
    guard columns.contains(.callerID) else {
      if hasHeader, first.cells.contains(where: Self.looksLikeNumber) {
        throw refused(
          "a number stands where the names of the columns belong. Begin the file with a line such as "
            + Self.own.prefix(max(first.cells.count, 1)).joined(separator: ",") + ", or say what the columns hold: "
            + "--map 1=caller_id")
      }
      throw refused(
        "there is no column caller_id. Name it so, or say which it is: --map COLUMN=caller_id. The columns are "
          + Self.list(first.cells))
    }
    let meanings = columns.compactMap(\.self)
    if let twice = meanings.first(where: { meaning in meanings.count(where: { $0 == meaning }) > 1 }) {
      throw refused("two columns are \(ColumnMap.name(of: twice))")
    }
    if hasHeader, name != nil {
      leftOut = columns.indices.filter { columns[$0] == nil && mapped[$0] == nil }.compactMap {
        CallerText(first.cells[$0])?.text ?? "column \($0 + 1)"
      }
    }
  }

  // MARK: By names

  static let own = ["caller_id"] + NumberField.allCases.map(\.rawValue)

  /// A misspelt column must not pass for one that was left away.
  private mutating func readOwn(_ header: CSVReader.Row, _ names: [String], except mapped: [Int: Meaning?]) throws {
    func refused(_ reason: String) -> CSVError { CSVError(line: header.line, reason: reason) }
    for (index, name) in names.enumerated() where mapped[index] == nil {
      guard let key = Self.own.first(where: { Self.normalized($0) == name }) else {
        let name =
          CallerText(header.cells[index]).map { "unknown column \"\($0.text)\"" } ?? "column \(index + 1) has no name"
        throw refused("\(name). The columns are " + Self.own.joined(separator: ", "))
      }
      guard names[..<index].contains(name) == false else { throw refused("two columns are named \(key)") }
      columns[index] = NumberField(rawValue: key).map(Meaning.field) ?? .callerID
    }
  }

  /// What others call the number, the surest first.
  private static let numberNames = [
    "outboundcid", "numbervale164", "phonenumber", "telephonenumber", "fullnumber", "did", "tn", "number",
  ]

  /// What others call the rest. Not `state`: to them it is Florida.
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

  /// `Caller ID`, `caller-id` and `CALLER_ID` are one name.
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

  /// Five characters are the most in VICIdial's table; `none` is the area of its groups that have none.
  private static func isArea(_ cell: String) -> Bool {
    (AreaCode.isDigits(cell) && cell.utf8.count <= 5) || Region(named: cell) != nil || cell.lowercased() == "none"
  }

  /// Whether it is meant as a number, be it a wrong one or a spreadsheet's rounded one.
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
