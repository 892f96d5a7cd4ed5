import Foundation
import Rotation

/// A file of numbers, read and checked as far as that can be done without the store.
struct NumberFile {
  private(set) var rows: [ImportRow] = []
  private(set) var rejected: [ImportReport.Rejection] = []

  /// - Parameter path: `-` reads standard input.
  /// - Throws: `CSVError` where the whole file is of no use, `StoreError` where it cannot be read.
  init(reading path: String, countryCode: String) throws {
    let handle: FileHandle
    if path == "-" {
      handle = .standardInput
    } else {
      guard let opened = FileHandle(forReadingAtPath: path) else {
        throw StoreError(.refused, "cannot read \(path): \(String(cString: strerror(errno)))")
      }
      handle = opened
    }
    try self.init(countryCode: countryCode) {
      do {
        return try handle.read(upToCount: 256 * 1024).map(Array.init) ?? []
      } catch {
        throw StoreError(.refused, "cannot read \(path): \(error.localizedDescription)")
      }
    }
  }

  init(countryCode: String, nextChunk: @escaping () throws -> [UInt8]) throws {
    var reader = CSVReader(nextChunk: nextChunk)
    guard let header = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    let columns = try Columns(header)
    while let row = try reader.next() { read(row, columns, countryCode: countryCode) }
    if rows.isEmpty, rejected.isEmpty {
      throw CSVError(line: header.line, reason: "no rows follow the header")
    }
  }

  private mutating func read(_ row: CSVReader.Row, _ columns: Columns, countryCode: String) {
    func reject(_ reason: String) {
      let value = columns.callerID < row.cells.count ? row.cells[columns.callerID] : row.cells[0]
      rejected.append(.init(line: row.line, value: value, reason: reason))
    }
    guard row.cells.count == columns.count else {
      return reject("\(row.cells.count) cells where the header has \(columns.count)")
    }
    do {
      var fields = NumberFields()
      for (field, column) in columns.fields { try fields.set(field, to: row.cells[column]) }
      let phone = try PhoneNumber(row.cells[columns.callerID], countryCode: countryCode)
      rows.append(ImportRow(line: row.line, phone: phone, fields: fields))
    } catch let error as PhoneNumber.Invalid {
      reject(error.reason)
    } catch let error as StoreError {
      reject(error.message)
    } catch {
      reject("\(error)")
    }
  }

  /// Which column holds what.
  private struct Columns {
    let count: Int
    let callerID: Int
    let fields: [(NumberField, column: Int)]

    init(_ header: CSVReader.Row) throws {
      let known = ["caller_id"] + NumberField.allCases.map(\.rawValue)
      var columns: [String: Int] = [:]
      for (index, cell) in header.cells.enumerated() {
        let name = Self.normalized(cell)
        guard let key = known.first(where: { Self.normalized($0) == name }) else {
          if cell.contains(where: \.isNumber), (try? PhoneNumber(cell)) != nil {
            throw CSVError(
              line: header.line, reason: "a number stands where the header belongs; begin the file with a line such as "
                + known.joined(separator: ","))
          }
          throw CSVError(
            line: header.line, reason: "unknown column \"\(cell)\"; the columns are " + known.joined(separator: ", "))
        }
        guard columns.updateValue(index, forKey: key) == nil else {
          throw CSVError(line: header.line, reason: "the column \(key) is there twice")
        }
      }
      guard let callerID = columns["caller_id"] else {
        throw CSVError(line: header.line, reason: "there is no column caller_id")
      }
      self.callerID = callerID
      count = header.cells.count
      fields = NumberField.allCases.compactMap { field in columns[field.rawValue].map { (field, $0) } }
    }

    /// `Caller ID`, `caller-id` and `CALLER_ID` are one name.
    private static func normalized(_ name: String) -> String {
      name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
    }
  }
}
