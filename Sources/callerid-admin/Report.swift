import ArgumentParser
import Foundation
import Rotation

/// A row as programs read it: its coding keys, in snake case, are a contract (see Rows.swift).
protocol ReportRow: Encodable {
  /// The keys in the order of the CSV columns.
  static var keys: [String] { get }
}

/// Rows for people, and for programs.
struct Report<Row: ReportRow> {
  let rows: [Row]
  let columns: [Column]

  /// A column of the table for people.
  struct Column {
    let title: String
    var isNumber = false
    let text: (Row) -> String
  }

  func print(as format: RowFormat) throws {
    if format.json {
      try JSON.print(rows)
    } else if format.csv {
      try CSVWriter.print(rows)
    } else {
      Table(
        titles: columns.map(\.title), rightAligned: columns.map(\.isNumber),
        rows: rows.map { row in columns.map { $0.text(row) } }
      ).print()
    }
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

/// Aligned columns.
struct Table {
  let titles: [String]
  let rightAligned: [Bool]
  let rows: [[String]]

  func print() {
    let cells = [titles] + rows.map { $0.map(Terminal.safe) }
    let widths = titles.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    for row in cells {
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += rightAligned[column] ? padding + cell : cell + padding
        if column < row.count - 1 { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      Terminal.print(line)
    }
  }
}

enum JSON {
  static func print(_ value: some Encodable) throws {
    Terminal.print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

/// A value that is written as null where there is none; a plain optional's key would be left out.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

/// A moment as programs and people read it.
enum Time {
  /// ISO 8601 in UTC; nil for 0, the store's "not".
  static func utc(_ seconds: Int?) -> String? {
    guard let seconds, seconds > 0 else { return nil }
    return Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }

  /// In the store's own zone.
  static func local(_ seconds: Int, in calendar: Rotation.Calendar) -> String {
    guard seconds > 0 else { return "" }
    let time = calendar.local(seconds)
    return String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", time.year, time.month, time.day, time.hour, time.minute, time.second)
  }
}
