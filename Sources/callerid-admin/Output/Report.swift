import ArgumentParser

/// One value of a row as programs read it. Its key is a contract: see Fields.swift.
struct Field<Row>: Sendable {
  let key: String
  let value: @Sendable (Row) -> JSON

  init(_ key: String, _ value: @escaping @Sendable (Row) -> JSON) {
    self.key = key
    self.value = value
  }
}

/// One column of the table that people read.
struct Column<Row> {
  let title: String
  let isNumber: Bool
  let text: (Row) -> String

  init(_ title: String, isNumber: Bool = false, _ text: @escaping (Row) -> String) {
    self.title = title
    self.isNumber = isNumber
    self.text = text
  }
}

/// Rows for programs, and for people.
struct Report<Row> {
  let rows: [Row]
  let fields: [Field<Row>]
  let columns: [Column<Row>]

  func print(as format: RowFormat) {
    if format.json {
      // An object a line, so that grep finds rows.
      Terminal.print("[")
      for (index, row) in rows.enumerated() {
        Terminal.print(fields.object(of: row).description + (index < rows.count - 1 ? "," : ""))
      }
      Terminal.print("]")
    } else if format.csv {
      Terminal.print(CSVWriter.line(fields.map { .text($0.key) }))
      for row in rows { Terminal.print(CSVWriter.line(fields.map { $0.value(row) })) }
    } else {
      Table(
        titles: columns.map(\.title), isNumber: columns.map(\.isNumber),
        rows: rows.map { row in columns.map { $0.text(row) } }
      ).print()
    }
  }
}

extension Array {
  /// A row as one object.
  func object<Row>(of row: Row) -> JSON where Element == Field<Row> {
    .object(map { ($0.key, $0.value(row)) })
  }
}

/// `--json` and `--csv`, for commands that print rows.
struct RowFormat: ParsableArguments {
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("Choose one of --json and --csv.") }
  }
}

/// `--json`, for commands that print one thing.
struct ObjectFormat: ParsableArguments {
  @Flag(help: "Print JSON.") var json = false
}
