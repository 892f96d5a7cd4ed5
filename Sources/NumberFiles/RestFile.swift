package import Rotation

/// A CSV file of numbers that are to rest, such as the list of flagged numbers that a reputation service sends.
package struct RestFile {
  /// The numbers, in the order of the file, each once.
  package private(set) var phones: [PhoneNumber] = []
  /// The reasons that the file gives for some of the numbers.
  package private(set) var reasons: [PhoneNumber: String] = [:]
  /// The rows that name no number of the store. Where there are any, the caller should rest none of the numbers.
  package private(set) var rejected: [ImportReport.Rejection] = []

  private static let numberNames = [
    "callerid", "phonenumber", "number", "phone", "did", "tn", "telephonenumber", "fullnumber", "cid", "outboundcid",
  ]

  /// Reads the whole file.
  ///
  /// - Parameter path: the path of the file; `-` is standard input.
  /// - Throws: `StoreError` where the file cannot be read, is not CSV or names no number at all.
  package init(reading path: String, for store: Store) throws {
    let file = try InputFile(path: path)
    var reader = CSVReader(nextChunk: file.nextChunk)
    do {
      try read(from: &reader, for: store)
    } catch let error as CSVError {
      throw error.refusal(of: file.name)
    }
  }

  private mutating func read(from reader: inout CSVReader, for store: Store) throws {
    guard let first = try reader.next() else { throw CSVError(line: 1, reason: "the file is empty") }
    let names = first.cells.map(NumberFileFormat.normalized)
    let named = Self.numberNames.lazy.compactMap { names.firstIndex(of: $0) }.first
    let column = named ?? 0
    // A first row without a digit in the numbers' column can only be the names of the columns.
    let hasHeader = named != nil || !first.cells[0].contains(where: \.isNumber)
    let reasonColumn = hasHeader ? names.firstIndex(of: "reason") : nil
    var next = hasHeader ? try reader.next() : first
    var seen: Set<PhoneNumber> = []
    while let row = next {
      next = try reader.next()
      guard !row.isBlank else { continue }
      let text = column < row.cells.count ? row.cells[column] : ""
      do {
        let phone = try store.find(store.phone(text)).phone
        // A reputation service lists a number once for each carrier that flags it.
        if seen.insert(phone).inserted { phones.append(phone) }
        if let reasonColumn, reasonColumn < row.cells.count, let reason = CallerText(row.cells[reasonColumn]) {
          reasons[phone] = reasons[phone] ?? reason.text
        }
      } catch {
        guard error.kind == .refused else { throw error }
        rejected.append(.init(line: row.line, value: text, reason: text.isEmpty ? "no number" : error.message))
      }
    }
    guard !phones.isEmpty || !rejected.isEmpty else {
      throw CSVError(line: first.line, reason: "no numbers follow the line that names the columns")
    }
  }
}
