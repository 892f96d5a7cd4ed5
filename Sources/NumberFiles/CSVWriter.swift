/// Writes CSV (RFC 4180) that a spreadsheet can open without running any of it.
package enum CSVWriter {
  /// A row, without the line end.
  package static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",")
  }

  /// A cell, in quotes where it needs them, and with an apostrophe before anything that a spreadsheet would run.
  ///
  /// A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end as a formula, whoever wrote it
  /// (https://owasp.org/www-community/attacks/CSV_Injection); some accept the full-width forms too. A sign followed by
  /// digits alone, such as +12145550101, can do no harm, and programs that read the file expect it as it is. A text
  /// that already begins with an apostrophe and a formula gets another one, so that `unguarded` returns every text
  /// unchanged.
  package static func quoted(_ cell: String) -> String {
    var cell = cell
    if isFormula(cell) && !isSignedNumber(cell) || isGuarded(cell) { cell = "'" + cell }
    guard cell.unicodeScalars.contains(where: { ",;\"\n\r\t".unicodeScalars.contains($0) }) else { return cell }
    // By scalars: Swift counts a quote and the accent after it as one character, and the programs that read the file as
    // a quote.
    var quoted = "\"".unicodeScalars
    for scalar in cell.unicodeScalars { quoted.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    quoted.append("\"")
    return String(quoted)
  }

  /// The text of a cell that `quoted` wrote, without the apostrophe that it may have added.
  package static func unguarded(_ cell: String) -> String {
    isGuarded(cell) ? String(cell.unicodeScalars.dropFirst()) : cell
  }

  /// Whether the cell begins with one or more apostrophes and then a formula.
  package static func isGuarded(_ cell: String) -> Bool {
    cell.unicodeScalars.first == "'" && isFormula(String(cell.unicodeScalars.drop { $0 == "'" }))
  }

  private static func isFormula(_ cell: String) -> Bool {
    cell.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
  }

  private static func isSignedNumber(_ cell: String) -> Bool {
    let digits = cell.utf8.dropFirst()
    return "+-".contains(cell.prefix(1)) && !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}
