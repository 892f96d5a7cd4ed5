import Foundation
import Rotation

/// A file of numbers that are to rest, such as the list of flagged ones that a reputation service sends.
struct RestFile {
  private(set) var phones: [PhoneNumber] = []
  /// Of the numbers that the file has one for.
  private(set) var reasons: [PhoneNumber: String] = [:]

  private static let numberNames = [
    "callerid", "phonenumber", "number", "phone", "did", "tn", "telephonenumber", "fullnumber", "cid", "outboundcid",
  ]

  /// Reads all of it. Rows of no use are listed, and then none is used.
  ///
  /// - Parameter path: `-` reads standard input.
  init(reading path: String, for store: Store) throws {
    let name = path == "-" ? "standard input" : path
    var reader = CSVReader(nextChunk: try Self.chunks(of: path, named: name))
    do {
      try read(from: &reader, for: store)
    } catch let error as CSVError {
      throw StoreError(.refused, "\(name), line \(error.line): \(error.reason)", hint: "Nothing was changed")
    }
  }

  private mutating func read(from reader: inout CSVReader, for store: Store) throws {
    guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    let names = first.cells.map(NumberFileFormat.normalized)
    let named = Self.numberNames.lazy.compactMap { names.firstIndex(of: $0) }.first
    let column = named ?? 0
    // A row without a digit where the numbers are can only name the columns.
    let hasHeader = named != nil || !first.cells[0].contains(where: \.isNumber)
    let reasonColumn = hasHeader ? names.firstIndex(of: "reason") : nil
    var next = hasHeader ? try reader.next() : first
    var rejected = 0
    var seen: Set<PhoneNumber> = []
    while let row = next {
      next = try reader.next()
      // Spreadsheets end their files with rows of separators only.
      guard row.cells.contains(where: { !$0.isEmpty }) else { continue }
      let text = column < row.cells.count ? row.cells[column] : ""
      do {
        let phone = try store.find(phone(text, in: store)).phone
        // A service lists a number once for each carrier that flags it.
        if seen.insert(phone).inserted { phones.append(phone) }
        if let reasonColumn, reasonColumn < row.cells.count, let reason = CallerText(row.cells[reasonColumn]) {
          reasons[phone] = reasons[phone] ?? reason.text
        }
      } catch let error as StoreError where error.kind == .refused {
        Terminal.note("line \(row.line): " + (text.isEmpty ? "no number" : error.message))
        rejected += 1
      }
    }
    guard rejected == 0 else {
      throw StoreError(
        .refused, "\(rejected) row" + (rejected == 1 ? "" : "s") + " rejected", hint: "Nothing was changed")
    }
    guard !phones.isEmpty else {
      throw CSVError(line: first.line, reason: "no numbers follow the names of the columns")
    }
  }

  private static func chunks(of path: String, named name: String) throws -> () throws -> [UInt8] {
    func unreadable(_ why: String) -> StoreError {
      StoreError(.refused, "cannot read \(name): \(why)", hint: "Nothing was changed")
    }
    guard let handle = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
      throw unreadable(String(cString: strerror(errno)))
    }
    return {
      do { return try handle.read(upToCount: 65_536).map { Array($0) } ?? [] } catch {
        throw unreadable("it is no file")
      }
    }
  }
}
