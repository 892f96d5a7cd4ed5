package import Rotation

/// A file of numbers that are to rest, such as the report of a reputation service.
///
/// Numbers that are not in the store are passed over: such a report may cover more than one store, or be older than it.
package struct RestFile {
  /// The numbers, in the order of the file, each once.
  package private(set) var phones: [PhoneNumber] = []
  /// The reasons that the file gives for some of the numbers.
  package private(set) var reasons: [PhoneNumber: String] = [:]
  /// The rows in which no number can be read.
  package private(set) var rejected: [ImportReport.Rejection] = []
  /// How many numbers of the file are not in the store.
  package private(set) var unknownNumbers = 0
  /// How many rows do not fit the conditions.
  package private(set) var rowsLeftOut = 0
  /// How many numbers of the store have too few rows.
  package private(set) var numbersBelow = 0
  /// What the number of a rejected row counts: lines, or the entries of a JSON list.
  package private(set) var unit = "line"

  private static let numberNames = [
    "callerid", "phonenumber", "number", "phone", "did", "tn", "telephonenumber", "fullnumber", "cid", "outboundcid",
    "companyphonenumber", "numbervale164", "msisdn",
  ]

  /// Reads the whole file.
  ///
  /// - Parameters:
  ///   - path: the path of the file; `-` is standard input.
  ///   - conditions: which rows count.
  ///   - least: how many rows a number must have; nil: one, and a file of complaints is refused.
  ///   - command: the command so far, for messages that suggest a better one.
  /// - Throws: `StoreError` where the file cannot be read, where it is not clear which of its numbers are meant, and where
  ///   none of them is in the store.
  package init(
    reading path: String, for store: Store, where conditions: [RestCondition] = [], atLeast least: Int? = nil,
    command: String = "rest"
  ) throws {
    let file = try InputFile(path: path)
    do {
      var reader = try RowReader(nextChunk: file.nextChunk)
      var rows = try Rows(reader: &reader, conditions: conditions)
      unit = reader.unit
      try read(&rows, from: &reader, for: store)
      try choose(from: rows, least, in: store, command, file.name)
    } catch let error as CSVError {
      throw error.refusal(of: file.name)
    }
  }

  /// What is known of a file while its rows are read.
  private struct Rows {
    let header: CSVReader.Row
    let column: Int
    let reasonColumn: Int?
    let isOfComplaints: Bool
    let conditions: [Int: [String]]
    var next: CSVReader.Row?
    var verdicts: VerdictColumns
    /// How many rows each number has.
    var counts: [PhoneNumber: Int] = [:]
    var numbers: [PhoneNumber] = []

    init(reader: inout RowReader, conditions: [RestCondition]) throws {
      guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
      header = first
      let names = first.cells.map { NumberFileFormat.normalized(CellText.plain($0)) }
      let named = RestFile.numberNames.lazy.compactMap { names.firstIndex(of: $0) }.first
      column = named ?? 0
      // A first row without a digit in the numbers' column can only be the names of the columns.
      let hasHeader = named != nil || !first.cells[0].contains(where: \.isNumber)
      reasonColumn = hasHeader ? names.firstIndex(of: "reason") : nil
      // The FTC's "Do Not Call" complaints are as consumers made them: nobody has looked whether they are true.
      isOfComplaints = names.contains("companyphonenumber")
      self.conditions = try RestCondition.places(of: conditions, in: first)
      next = hasHeader ? try reader.next() : first
      verdicts = VerdictColumns(
        header: hasHeader ? first.cells.map(CellText.plain) : first.cells.indices.map { "column \($0 + 1)" },
        passing: Set([column, reasonColumn].compactMap(\.self)))
    }

    func fits(_ row: CSVReader.Row) -> Bool {
      conditions.allSatisfy { $1.contains(RestCondition.key($0 < row.cells.count ? row.cells[$0] : "")) }
    }
  }

  private mutating func read(_ rows: inout Rows, from reader: inout RowReader, for store: Store) throws {
    while let row = rows.next {
      rows.next = try reader.next()
      guard !row.isBlank else { continue }
      rows.verdicts.add(row.cells)
      guard rows.fits(row) else {
        rowsLeftOut += 1
        continue
      }
      let text = rows.column < row.cells.count ? row.cells[rows.column] : ""
      // Many of the FTC's complaints name no number.
      if text.isEmpty, rows.isOfComplaints { continue }
      do throws(StoreError) {
        let phone = try NumberCell.phone(text, countryCode: store.settings.countryCode)
        rows.counts[phone, default: 0] += 1
        if rows.counts[phone] == 1 { rows.numbers.append(phone) }
        if let column = rows.reasonColumn, column < row.cells.count, let reason = CallerText(row.cells[column]) {
          reasons[phone] = reasons[phone] ?? reason.text
        }
      } catch {
        rejected.append(.init(line: row.line, value: text, reason: text.isEmpty ? "no number" : error.message))
      }
    }
    guard !rows.numbers.isEmpty || !rejected.isEmpty || rowsLeftOut > 0 else {
      throw CSVError(line: rows.header.line, reason: "no numbers follow the line that names the columns")
    }
  }

  private mutating func choose(
    from rows: Rows, _ least: Int?, in store: Store, _ command: String, _ name: String
  ) throws {
    func refusal(_ reason: String, hint: String? = nil) -> StoreError {
      StoreError(.refused, "\(name): \(reason)", hint: "Nothing was changed" + (hint.map { ". \($0)" } ?? ""))
    }
    if rows.conditions.isEmpty, !rows.isOfComplaints, case let columns = rows.verdicts.found, let first = columns.first
    {
      throw refusal(
        "not every number in it is flagged: " + columns.prefix(6).map(rows.verdicts.text).joined(separator: "; "),
        hint: "Say which rows count, such as: callerid-admin \(command) --where "
          + ShellText.quoted(rows.verdicts.suggestion(first)))
    }
    if rows.numbers.isEmpty, rowsLeftOut > 0 {
      throw refusal(
        "no row fits --where: " + rows.conditions.keys.sorted().map(rows.verdicts.text).joined(separator: "; "))
    }
    var ours: [(phone: PhoneNumber, rows: Int)] = []
    for phone in rows.numbers {
      do throws(StoreError) {
        ours.append((try store.find(phone).phone, rows.counts[phone] ?? 0))
      } catch {
        guard error.isOfRequest else { throw error }
        unknownNumbers += 1
      }
    }
    guard !ours.isEmpty else {
      throw refusal(
        rows.numbers.isEmpty ? "no row has a number" : "none of its \(rows.numbers.count) numbers is in the store")
    }
    if rows.isOfComplaints, least == nil {
      let most = ours.map(\.rows).max() ?? 1
      throw refusal(
        "these are complaints that nobody has verified. \(ours.count) of your numbers are named, most often \(most) times",
        hint: "Say how many complaints it takes: callerid-admin \(command) --at-least \(max(2, most))")
    }
    phones = ours.filter { $0.rows >= least ?? 1 }.map(\.phone)
    numbersBelow = ours.count - phones.count
    let resting = Set(phones)
    reasons = reasons.filter { resting.contains($0.key) }
    guard !phones.isEmpty else { throw refusal("none of your \(ours.count) numbers in it has \(least ?? 1) rows") }
  }
}
