/// Which rows of a file count: those with one of some values in a column, written as `column=value`.
///
/// More values or columns follow after commas: `Status=Flagged,At risk,Carrier=ATT`. A row must fit all columns.
package struct RestCondition {
  struct Term {
    let column: String
    var values: [String]
  }

  private(set) var terms: [Term] = []

  /// Returns nil where the text does not begin with `column=`.
  package init?(_ text: String) {
    for part in text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map({ String($0) }) {
      if let sign = part.unicodeScalars.firstIndex(of: "="), sign != part.startIndex {
        let value = String(part.unicodeScalars[part.unicodeScalars.index(after: sign)...])
        terms.append(Term(column: String(part.unicodeScalars[..<sign]), values: [Self.key(value)]))
      } else if terms.isEmpty {
        return nil
      } else {
        terms[terms.count - 1].values.append(Self.key(part))
      }
    }
  }

  /// A cell as it is compared: without capitals, and without what nobody sees.
  static func key(_ cell: String) -> String {
    let text = CellText.plain(cell).lowercased().unicodeScalars.drop { $0 == " " }
    return String(String.UnicodeScalarView(text.reversed().drop { $0 == " " }.reversed()))
  }

  /// The conditions on the columns of a file, by the columns' places. Several values of one column are alternatives.
  ///
  /// - Throws: `CSVError` where there is no such column.
  static func places(of conditions: [RestCondition], in header: CSVReader.Row) throws -> [Int: [String]] {
    let names = header.cells.map { NumberFileFormat.normalized(CellText.plain($0)) }
    var places: [Int: [String]] = [:]
    for term in conditions.flatMap(\.terms) {
      let name = NumberFileFormat.normalized(term.column)
      // A JSON file's columns have the names of the objects they are in before their own.
      let nested = names.indices.filter { !name.isEmpty && names[$0].hasSuffix(name) }
      guard let place = names.firstIndex(of: name) ?? (nested.count == 1 ? nested[0] : nil) else {
        throw CSVError(
          line: header.line,
          reason: "there is no column \"\(term.column)\". The columns are "
            + header.cells.filter { !$0.isEmpty }.joined(separator: ", "))
      }
      places[place, default: []] += term.values
    }
    return places
  }
}
