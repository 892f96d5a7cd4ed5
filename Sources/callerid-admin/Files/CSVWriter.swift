/// Rows as CSV (RFC 4180, a line feed after each), with the keys and values of the JSON; null is an empty cell.
enum CSVWriter {
  static func line(_ values: [JSON]) -> String {
    values.map(cell).joined(separator: ",")
  }

  private static func cell(_ value: JSON) -> String {
    switch value {
    case .null: ""
    case .text(let text): quoted(text)
    default: quoted(value.description)
    }
  }

  /// Quoted where it must be, and kept from being run.
  ///
  /// A spreadsheet takes a cell that begins with one of these characters for a formula, whoever wrote it
  /// (https://owasp.org/www-community/attacks/CSV_Injection), some their full-width forms too, so an apostrophe goes
  /// before it. A sign and digits alone, such as +12145550101, can do nothing and stay as they are, for the programs that
  /// read them. What only looks as if it had been given its apostrophe here gets another, so that `import` can take
  /// exactly that one away.
  static func quoted(_ cell: String) -> String {
    var cell = cell
    if isFormula(cell) && !isSignedNumber(cell) || isGuarded(cell) { cell = "'" + cell }
    guard cell.unicodeScalars.contains(where: { ",;\"\n\r\t".unicodeScalars.contains($0) }) else { return cell }
    // By scalars: with an accent set on it, a quote is another character to Swift and the same one to who reads the file.
    var quoted = "\"".unicodeScalars
    for scalar in cell.unicodeScalars { quoted.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    quoted.append("\"")
    return String(quoted)
  }

  /// Whether it has an apostrophe, or several, before what a spreadsheet would run.
  static func isGuarded(_ cell: String) -> Bool {
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
