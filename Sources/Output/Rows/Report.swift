import NumberFiles

/// One value of a row as programs read it, in JSON and in CSV. The keys are a contract: see `Fields`.
package struct Field<Row>: Sendable {
  package let key: String
  package let value: @Sendable (Row) -> JSON

  package init(_ key: String, _ value: @escaping @Sendable (Row) -> JSON) {
    self.key = key
    self.value = value
  }
}

/// One column of a table for people.
package struct Column<Row> {
  package let title: String
  /// Numbers are aligned on the right.
  package let isNumber: Bool
  package let text: (Row) -> String

  package init(_ title: String, isNumber: Bool = false, _ text: @escaping (Row) -> String) {
    self.title = title
    self.isNumber = isNumber
    self.text = text
  }
}

/// Rows that can be written as JSON and CSV for programs, and as a table for people.
package struct Report<Row> {
  package let rows: [Row]
  package let fields: [Field<Row>]
  package let columns: [Column<Row>]

  package init(rows: [Row], fields: [Field<Row>], columns: [Column<Row>]) {
    self.rows = rows
    self.fields = fields
    self.columns = columns
  }

  /// A list of objects, with one object on a line so that grep finds rows.
  package var jsonLines: [String] {
    ["["]
      + rows.enumerated().map { index, row in
        fields.object(of: row).description + (index < rows.count - 1 ? "," : "")
      } + ["]"]
  }

  /// A line with the keys, then a line for each row.
  package var csvLines: [String] {
    [CSVWriter.line(fields.map(\.key))] + rows.map { row in CSVWriter.line(fields.map { $0.value(row).cell }) }
  }

  package var table: Table {
    Table(
      titles: columns.map(\.title), isNumber: columns.map(\.isNumber),
      rows: rows.map { row in columns.map { $0.text(row) } })
  }
}

extension Array {
  /// A row as one object.
  package func object<Row>(of row: Row) -> JSON where Element == Field<Row> {
    .object(map { ($0.key, $0.value(row)) })
  }
}
