internal import SQLite

/// One row of a file of numbers.
package struct ImportRow: Sendable {
  /// Where the row begins in the file, counted from 1.
  package let line: Int
  package let phone: PhoneNumber
  package let fields: NumberFields

  package init(line: Int, phone: PhoneNumber, fields: NumberFields) {
    self.line = line
    self.phone = phone
    self.fields = fields
  }
}

/// What an import did, or would do.
package struct ImportReport: Equatable, Sendable {
  package var added = 0
  package var updated = 0
  package var unchanged = 0
  package var rejected: [Rejection] = []

  package struct Rejection: Equatable, Sendable {
    package let line: Int
    /// The number as the file has it.
    package let value: String
    package let reason: String

    package init(line: Int, value: String, reason: String) {
      self.line = line
      self.value = value
      self.reason = reason
    }
  }

  package init() {}
}

extension Store {
  /// Adds the numbers that are new and changes those that differ, in one transaction. Numbers that are not in `rows`
  /// stay as they are.
  ///
  /// - Parameters:
  ///   - dryRun: report what would be done, and do nothing.
  ///   - refusingAll: throw, and do nothing, where a row cannot be used.
  ///   - progress: called with the number of rows done, every thousand.
  package func importNumbers(
    _ rows: [ImportRow], dryRun: Bool = false, refusingAll: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> ImportReport {
    let transaction: (() throws -> ImportReport) throws(StoreError) -> ImportReport = dryRun ? rehearse : write
    return try transaction {
      var report = ImportReport()
      var lineOfNumber: [PhoneNumber: Int] = [:]
      for (index, row) in rows.enumerated() {
        if index % 1000 == 0 { progress(index) }
        if let line = lineOfNumber.updateValue(row.line, forKey: row.phone) {
          lineOfNumber[row.phone] = line
          report.rejected.append(
            .init(line: row.line, value: row.phone.written, reason: "the same number as in line \(line)"))
          continue
        }
        do {
          if var number = try number(row.phone) {
            if try update(&number, row.fields) { report.updated += 1 } else { report.unchanged += 1 }
          } else {
            try insert(row.phone, row.fields)
            report.added += 1
          }
        } catch let error as StoreError where error.kind == .refused {
          report.rejected.append(.init(line: row.line, value: row.phone.written, reason: error.message))
        }
      }
      progress(rows.count)
      if refusingAll, let first = report.rejected.first {
        throw StoreError.refused("line \(first.line): \(first.value): \(first.reason)", hint: "Nothing was changed")
      }
      return report
    }
  }
}
