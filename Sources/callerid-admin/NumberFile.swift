import Foundation
import Rotation

/// A file of numbers, read and checked as far as that can be done without the store.
struct NumberFile {
  private(set) var rows: [ImportRow] = []
  private(set) var rejected: [ImportReport.Rejection] = []

  /// - Parameter path: `-` reads standard input.
  /// - Throws: `CSVError` where the whole file is of no use, `StoreError` where it cannot be read.
  init(reading path: String, countryCode: String) throws {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { if !isStandardInput { close(descriptor) } }
    try self.init(countryCode: countryCode) {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, size in
        repeat {
          count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
        } while count < 0 && errno == EINTR
        size = max(0, count)
      }
      guard count >= 0 else { throw Self.unreadable(isStandardInput ? "standard input" : path) }
      return chunk
    }
  }

  private static func unreadable(_ name: String) -> StoreError {
    StoreError(.refused, "cannot read \(name): \(String(cString: strerror(errno)))", hint: "Nothing was changed")
  }

  init(countryCode: String, nextChunk: @escaping () throws -> [UInt8]) throws {
    var reader = CSVReader(nextChunk: nextChunk)
    guard let header = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    let columns = try Columns(header)
    while let row = try reader.next() {
      // Spreadsheets end their files with rows of separators only.
      guard row.cells.contains(where: { !$0.isEmpty }) else { continue }
      read(row, columns, countryCode: countryCode)
    }
    if rows.isEmpty, rejected.isEmpty {
      throw CSVError(line: header.line, reason: "no rows follow the line that names the columns")
    }
  }

  private mutating func read(_ row: CSVReader.Row, _ columns: Columns, countryCode: String) {
    func reject(_ reason: String) {
      let value = columns.callerID < row.cells.count ? row.cells[columns.callerID] : row.cells[0]
      rejected.append(.init(line: row.line, value: value, reason: reason))
    }
    guard row.cells.count == columns.count else {
      let cells = row.cells.count == 1 ? "1 cell" : "\(row.cells.count) cells"
      return reject("\(cells) where the header has \(columns.count)")
    }
    do {
      let phone = try PhoneNumber(row.cells[columns.callerID], countryCode: countryCode)
      var fields = NumberFields()
      for (field, column) in columns.fields { try fields.set(field, to: row.cells[column]) }
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

    private static let known = ["caller_id"] + NumberField.allCases.map(\.rawValue)

    init(_ header: CSVReader.Row) throws {
      func refused(_ reason: String) -> CSVError { CSVError(line: header.line, reason: reason) }
      if header.cells.contains(where: { (try? PhoneNumber($0)) != nil }) {
        throw refused(
          "a number stands where the names of the columns belong. Begin the file with a line such as "
            + Self.known.prefix(max(header.cells.count, 1)).joined(separator: ","))
      }
      var columns: [String: Int] = [:]
      for (index, cell) in header.cells.enumerated() {
        guard let key = Self.known.first(where: { Self.normalized($0) == Self.normalized(cell) }) else {
          let name = Label(cell).map { "unknown column \"\($0.text)\"" } ?? "column \(index + 1) has no name"
          throw refused("\(name). The columns are " + Self.known.joined(separator: ", "))
        }
        guard columns.updateValue(index, forKey: key) == nil else { throw refused("two columns are named \(key)") }
      }
      guard let callerID = columns["caller_id"] else { throw refused("there is no column caller_id") }
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
