/// Aligned columns for people.
package struct Table {
  private let titles: [String]
  private let isNumber: [Bool]
  private let rows: [[String]]

  /// - Parameters:
  ///   - titles: the title of each column.
  ///   - isNumber: for each column, whether it is aligned on the right.
  ///   - rows: the cells of each row, as many as there are titles. They may contain any text.
  package init(titles: [String], isNumber: [Bool], rows: [[String]]) {
    self.titles = titles
    self.isNumber = isNumber
    self.rows = rows
  }

  /// The line of the titles, then a line for each row, without control characters.
  package var lines: [String] {
    let cells = [titles] + rows.map { $0.map(TerminalText.safe) }
    let widths = titles.indices.map { column in cells.map { TerminalText.width($0[column]) }.max() ?? 0 }
    return cells.map { row in
      let padded = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - TerminalText.width(row[column]))
        return isNumber[column] ? padding + row[column] : row[column] + padding
      }
      let line = padded.joined(separator: "  ")
      return String(line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex))
    }
  }
}
