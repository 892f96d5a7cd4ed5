import Foundation

/// Rows as CSV (RFC 4180), with the same keys and values as in JSON.
enum CSVWriter {
  static func print<Row: ReportRow>(_ rows: [Row]) throws {
    Terminal.print(line(Row.keys))
    for row in rows {
      let object = try JSONSerialization.jsonObject(with: JSON.encoder.encode(row)) as? [String: Any] ?? [:]
      Terminal.print(line(Row.keys.map { text(object[$0]) }))
    }
  }

  private static func text(_ value: Any?) -> String {
    switch value {
    case let text as String: text
    case let number as NSNumber: number.stringValue
    default: ""
    }
  }

  static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",")
  }

  /// Quoted where it must be. A spreadsheet would run a cell that begins like a formula, so an apostrophe goes before it;
  /// numbers, with their + or -, are left alone.
  static func quoted(_ cell: String) -> String {
    var cell = cell
    if let first = cell.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first),
      !cell.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
    {
      cell = "'" + cell
    }
    guard cell.unicodeScalars.contains(where: { ",;\"\n\r\t".unicodeScalars.contains($0) }) else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
