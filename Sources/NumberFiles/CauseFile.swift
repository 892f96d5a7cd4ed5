package import Rotation

/// A file with the causes by which calls of the past ended: VICIdial's table `vicidial_dial_log`.
package struct CauseFile {
  package private(set) var causes = PastCauses()
  /// Rows with a cause.
  package private(set) var rows = 0
  /// Rows without one, of calls that ended as they should.
  package private(set) var rowsWithout = 0

  /// - Parameter path: the path of the file; `-` is standard input.
  /// - Throws: `StoreError` where the file cannot be read or is another one.
  package init(reading path: String) throws {
    let file = try InputFile(path: path)
    do {
      var reader = try RowReader(nextChunk: file.nextChunk)
      try read(&reader)
    } catch let error as CSVError {
      throw error.refusal(of: file.name)
    }
  }

  private mutating func read(_ reader: inout RowReader) throws {
    guard let header = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    let names = header.cells.map { NumberFileFormat.normalized(CellText.plain($0)) }
    let columns = ["callercode", "uniqueid", "siphangupcause", "siphangupreason"].map { names.firstIndex(of: $0) }
    guard let cause = columns[2], let reason = columns[3], columns[0] ?? columns[1] != nil else {
      throw CSVError(
        line: header.line,
        reason:
          "the columns sip_hangup_cause, sip_hangup_reason, and caller_code or uniqueid are needed, as VICIdial's "
          + "table vicidial_dial_log has them")
    }
    while let row = try reader.next() {
      guard !row.isBlank else { continue }
      func cell(_ column: Int?) -> String {
        column.flatMap { $0 < row.cells.count ? CellText.ofMySQL(CellText.plain(row.cells[$0])) : nil } ?? ""
      }
      // VICIdial writes 0 where no cause has come.
      let code = cell(cause) == "0" ? "" : cell(cause)
      guard let text = CallerText("SIP \(code) \(cell(reason))", maximumLength: 250), !code.isEmpty else {
        rowsWithout += 1
        continue
      }
      rows += 1
      causes.add(text, callCode: cell(columns[0]), uniqueID: cell(columns[1]))
    }
  }
}
