internal import SQLite

/// One row of a file of numbers, checked.
package struct ImportRow: Sendable {
  /// Where the row begins in the file, counted from 1.
  package let line: Int
  package let phone: PhoneNumber
  package let fields: NumberFields
  /// For files with one row for each area code of a number, some of which do not count; `nil` if all rows of a number
  /// must agree.
  package let standing: Standing?
  /// The file's word by which the number comes in disabled; `nil` where there is none.
  package let disabledBy: String?

  /// If several rows have the same number, the rows with the highest standing count, and their area codes are added up.
  package enum Standing: Int, Comparable, Sendable {
    case inactive, active
    /// The number must not be used, whatever other rows say.
    case barred

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
  }

  package init(
    line: Int, phone: PhoneNumber, fields: NumberFields, standing: Standing? = nil, disabledBy: String? = nil
  ) {
    self.line = line
    self.phone = phone
    self.fields = fields
    self.standing = standing
    self.disabledBy = disabledBy
  }
}

/// The rows of an import on their way to the store: all of them are read and checked before the first goes in.
///
/// They are kept in a temporary database, which is deleted with the stage, so that an import needs little memory and
/// holds no lock while it reads its file.
package final class ImportStage {
  private let database: Database
  /// The line that each number was read in, by its digits; less than zero if the number was rejected since then.
  private var lines: [UInt64: Int32] = [:]
  private var withdrawn = 0
  private var rejections: [ImportReport.Rejection] = []
  /// The carriers that the store has now or will have after the import.
  private var carriers: Set<String>
  private let store: Store
  /// The campaigns that keep lanes of their own in the same pool, where they are the most.
  private let campaigns: Int
  /// See `ImportReport`.
  package private(set) var repeated = 0
  /// In the order of the file.
  package var rejected: [ImportReport.Rejection] { rejections.sorted { $0.line < $1.line } }
  /// Numbers, not rows.
  package var count: Int { lines.count - withdrawn }

  package init(for store: Store) throws(StoreError) {
    self.store = store
    do {
      database = try Database(path: "", mode: .create)
      try database.execute(
        """
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        CREATE TABLE staged (
          line INTEGER PRIMARY KEY, e164 TEXT, written TEXT, standing INTEGER,
          fields TEXT, -- field=text, a line each
          disabled_by TEXT);
        BEGIN;
        """)
      carriers = Set(try store.database.all("SELECT name FROM carrier") { ($0[0] as String).foldedName })
      campaigns = try store.database.all("SELECT scopes FROM pool") { CampaignScope.read($0[0]).count }.max() ?? 0
    } catch {
      throw Self.failure(error)
    }
  }

  /// Takes a row, or rejects it if it contradicts the store or an earlier row.
  package func add(_ row: ImportRow) throws(StoreError) {
    do {
      // At most 15 digits, none of them leading zeros.
      let number = UInt64(row.phone.e164) ?? 0
      if let line = lines[number] {
        try line < 0 ? reject(row, "contradicts line \(-line)") : merge(row, number, into: Int(line))
      } else if let carrier = row.fields.carrier, !carrier.isEmpty, !makesRoom(for: carrier) {
        reject(row, "\(Carrier.most) carriers are the most, \"\(carrier)\" is one more")
      } else if let reason = try crowds(row.phone, row.fields) {
        reject(row, reason)
      } else {
        lines[number] = Int32(clamping: row.line)
        try insert(row, at: row.line)
      }
    } catch {
      throw Self.failure(error)
    }
  }

  package func reject(_ rejection: ImportReport.Rejection) { rejections.append(rejection) }

  private func reject(_ row: ImportRow, _ reason: String) {
    reject(.init(line: row.line, value: row.phone.written, reason: reason))
  }

  /// By which words numbers come in disabled, the most frequent first.
  func disabled() throws(StoreError) -> [(word: String, numbers: Int)] {
    do {
      return try database.all(
        """
        SELECT disabled_by, count(*) FROM staged WHERE disabled_by IS NOT NULL
        GROUP BY disabled_by ORDER BY count(*) DESC, disabled_by
        """
      ) { ($0[0], $0[1]) }
    } catch {
      throw Self.failure(error)
    }
  }

  /// The next rows in file order.
  func rows(after line: Int, limit: Int) throws(StoreError) -> [ImportRow] {
    do {
      return try database.all(
        "SELECT * FROM staged WHERE line > ? ORDER BY line LIMIT ?", line, limit
      ) { ImportRow($0) }
    } catch {
      throw Self.failure(error)
    }
  }

  // MARK: Rows

  private func insert(_ row: ImportRow, at line: Int) throws {
    try database.run(
      "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?, ?)",
      line, row.phone.e164, row.phone.written, row.standing?.rawValue, row.fields.staged, row.disabledBy)
  }

  /// Puts a further row of a number together with the first, or rejects both where they contradict one another.
  private func merge(_ row: ImportRow, _ number: UInt64, into line: Int) throws {
    guard let staged = try database.first("SELECT * FROM staged WHERE line = ?", line, body: { ImportRow($0) }) else {
      return
    }
    repeated += 1
    if let standing = row.standing, let stagedStanding = staged.standing, standing != stagedStanding {
      if standing > stagedStanding { try insert(row, at: line) }
      return
    }
    var fields = staged.fields
    // In a file with a row for each area code, the first description will do.
    if row.standing == nil {
      for (field, text) in row.fields.said where field != .areaCode && !text.isEmpty {
        let before = fields.said.first { $0.field == field }?.text ?? ""
        if before.isEmpty { try fields.set(field, to: text) }
        guard before.isEmpty || before == text else {
          try withdraw(row, number, and: staged, "\(field.rawValue) is \"\(before)\" there", "\"\(text)\"")
          return
        }
      }
    }
    if let codes = served(by: staged), let more = served(by: row), !more.allSatisfy(codes.contains) {
      let all = codes + more.filter { !codes.contains($0) }
      guard all.count <= AreaCode.most else {
        repeated -= 1
        return reject(
          row,
          "\(AreaCode.most) area codes are the most for one number; a region such as FL stands for all of its area codes"
        )
      }
      try fields.set(.areaCode, to: all.joined(separator: " "))
      if let reason = try crowds(staged.phone, fields) {
        repeated -= 1
        return reject(row, reason)
      }
    }
    try insert(
      ImportRow(
        line: line, phone: staged.phone, fields: fields, standing: staged.standing,
        disabledBy: staged.disabledBy ?? row.disabledBy),
      at: line)
  }

  /// Nil where the row says nothing of area codes.
  private func served(by row: ImportRow) -> [String]? {
    row.fields.areaCodes.map { $0.isEmpty ? row.phone.areaCode.map { [String($0)] } ?? [] : $0 }
  }

  /// Rejects two rows of which nobody knows which one is right.
  private func withdraw(
    _ row: ImportRow, _ number: UInt64, and staged: ImportRow, _ before: String, _ now: String
  ) throws {
    repeated -= 1
    try database.run("DELETE FROM staged WHERE line = ?", staged.line)
    lines[number] = Int32(clamping: -staged.line)
    withdrawn += 1
    reject(staged, "contradicts line \(row.line), which has the same number")
    reject(row, "the same number as in line \(staged.line), and contradicts it: \(before), and \(now) here")
  }

  /// Why the number would stand in too many lanes, or nil.
  private func crowds(_ phone: PhoneNumber, _ fields: NumberFields) throws -> String? {
    // The store is asked only where there may be too many.
    let worst = LaneBound(areaCodes: fields.areaCodes?.count ?? AreaCode.most, campaigns: campaigns)
    guard worst.lanes > LaneBound.most else { return nil }
    do throws(StoreError) {
      try store.read { _ = try $0.rehearsePut(phone, fields) }
      return nil
    } catch {
      guard error.isOfRequest else { throw error }
      return error.message
    }
  }

  private func makesRoom(for carrier: String) -> Bool {
    let name = carrier.foldedName
    guard !carriers.contains(name) else { return true }
    guard carriers.count < Carrier.most else { return false }
    carriers.insert(name)
    return true
  }

  private static func failure(_ error: any Error) -> StoreError {
    guard let error = error as? SQLiteError, error.code == .full || error.code == .cannotOpen else {
      return StoreError(error)
    }
    return StoreError(
      .full, "there is no room for the rows in the folder of temporary files",
      hint: "Nothing was changed. Name another folder with SQLITE_TMPDIR")
  }
}

extension ImportRow {
  fileprivate init(_ row: borrowing Row) {
    self.init(
      line: row[0], phone: PhoneNumber(e164: row[1], written: row[2]), fields: NumberFields(staged: row[4]),
      standing: (row[3] as Int?).flatMap(Standing.init(rawValue:)), disabledBy: row[5])
  }
}

extension NumberFields {
  /// One line for each field. Checked text contains no line ends.
  fileprivate var staged: String { said.map { "\($0.field.rawValue)=\($0.text)\n" }.joined() }

  fileprivate init(staged: String) {
    self.init()
    for line in staged.split(separator: "\n") {
      if let (name, text) = String(line).cut(at: "="), let field = NumberField(rawValue: name) {
        try? set(field, to: text)
      }
    }
  }
}
