/// What can stand for a `?` and be read from a column: `Int`, `Double`, `Bool`, `String`, `[UInt8]`, and their optionals
/// for NULL.
///
/// Times are text, as the engine writes them: `2026-11-28 04:10:00.123456`, in UTC.
package protocol Value {
  var parameter: Parameter { get }
  static func read(from row: borrowing Row, at column: Int) -> Self
}

/// A value on its way to the engine.
package enum Parameter {
  case null
  case integer(Int)
  case real(Double)
  case text(String)
  case bytes([UInt8])
}

extension Int: Value {
  package var parameter: Parameter { .integer(self) }
  /// A larger unsigned number is read as `Int.max`, text that is no number as 0, as SQL reads it.
  package static func read(from row: borrowing Row, at column: Int) -> Int {
    switch row.content(column) {
    case .integer(let value): value
    case .real(let value): Int(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : value < 0 ? .min : 0)
    // What SUM() returns is a decimal number, which comes as text.
    case .bytes(let bytes): whole(bytes)
    case .null: 0
    }
  }

  /// The whole number that a text begins with.
  private static func whole(_ bytes: UnsafeRawBufferPointer) -> Int {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var value = 0
    for byte in bytes.dropFirst(isNegative ? 1 : 0) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = tens.subtractingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if isTooLarge || isTooLargeNow { return isNegative ? .min : .max }
      value = sum
    }
    return isNegative ? value : value == .min ? .max : -value
  }
}

extension Double: Value {
  package var parameter: Parameter { .real(self) }
  package static func read(from row: borrowing Row, at column: Int) -> Double {
    switch row.content(column) {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .bytes(let bytes): Double(String(decoding: bytes, as: UTF8.self)) ?? 0
    case .null: 0
    }
  }
}

extension Bool: Value {
  package var parameter: Parameter { .integer(self ? 1 : 0) }
  package static func read(from row: borrowing Row, at column: Int) -> Bool { Int.read(from: row, at: column) != 0 }
}

extension String: Value {
  package var parameter: Parameter { .text(self) }
  package static func read(from row: borrowing Row, at column: Int) -> String {
    switch row.content(column) {
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .null: ""
    }
  }
}

extension [UInt8]: Value {
  package var parameter: Parameter { .bytes(self) }
  package static func read(from row: borrowing Row, at column: Int) -> [UInt8] {
    switch row.content(column) {
    case .bytes(let bytes): [UInt8](bytes)
    case .null: []
    case .integer, .real: [UInt8](String.read(from: row, at: column).utf8)
    }
  }
}

extension Optional: Value where Wrapped: Value {
  package var parameter: Parameter { self?.parameter ?? .null }
  package static func read(from row: borrowing Row, at column: Int) -> Wrapped? {
    row.isNull(column) ? nil : Wrapped.read(from: row, at: column)
  }
}

/// The row that a statement has reached. It is valid only inside the closure that receives it.
package struct Row: ~Copyable {
  let columns: ResultColumns

  /// The value of a column, counted from 0.
  package subscript<V: Value>(_ column: Int) -> V { V.read(from: self, at: column) }

  func isNull(_ column: Int) -> Bool { columns.isNull(column) }
  func content(_ column: Int) -> ResultColumns.Content { columns.content(column) }
}
