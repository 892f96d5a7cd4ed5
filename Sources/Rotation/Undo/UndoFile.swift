internal import Glibc

/// What is kept of one change, in a file that has the ID of its audit entry as its name.
///
/// It consists of blocks, one for each transaction of the change. The last line of a block is a checksum of its other
/// lines, so that a block which a power loss has cut off is not taken for a whole one. The first line of the file says
/// which entry it belongs to: after another store has taken the place of this one, the same ID is another change's.
struct UndoFile {
  /// The first line of a file.
  struct Head: Equatable {
    let schema: Int
    let at: Int
    let who: String
    /// How much of the entry's text is known: an import's result is added to it at its end.
    let length: Int
    let checksum: String

    init(of entry: AuditEntry) {
      schema = Schema.version
      at = entry.at
      who = entry.who
      length = entry.subject.utf8.count
      checksum = UndoFile.checksum(of: entry.subject.utf8)
    }

    init?(line: some StringProtocol) {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
      guard cells.count == 6, cells[0] == UndoFile.magic, let schema = Int(cells[1]), let at = Int(cells[2]),
        let length = Int(cells[4])
      else { return nil }
      (self.schema, self.at, self.length, self.checksum) = (schema, at, length, cells[5])
      who = cells[3]
    }

    var line: String {
      [UndoFile.magic, String(schema), String(at), UndoRecord.escaped(who), String(length), checksum]
        .joined(separator: "\t")
    }

    /// Whether this is what was kept of an entry.
    func isOf(_ entry: AuditEntry) -> Bool {
      at == entry.at && UndoRecord.escaped(who) == UndoRecord.escaped(entry.who)
        && UndoFile.checksum(of: entry.what.utf8.prefix(length)) == checksum
        && (entry.what.utf8.count == length || entry.what.utf8.dropFirst(length).starts(with: ": ".utf8))
    }
  }

  static let magic = "callerid-undo 1"
  /// A change of some million numbers.
  private static let mostBytes = 1 << 30

  let head: Head
  let records: [UndoRecord]
  /// Whether its end is missing.
  let isCutOff: Bool

  /// - Returns: nil where there is no such file, or not one whole block in it.
  init?(_ name: String, in folder: borrowing Folder) throws(StoreError) {
    guard let bytes = try Self.read(name, in: folder, atMost: Self.mostBytes) else { return nil }
    var (head, records, waiting) = (Head?.none, [UndoRecord](), [UndoRecord]())
    var start = bytes.startIndex
    var block = bytes.startIndex
    var isSound = true
    while isSound, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: bytes[start..<end], as: UTF8.self)
      if start == bytes.startIndex {
        head = Head(line: line)
        isSound = head != nil
      } else if line.hasPrefix(Self.endMark) {
        isSound = line == Self.endMark + Self.checksum(of: bytes[block..<start])
        if isSound {
          records += waiting
          waiting = []
          block = bytes.index(after: end)
        }
      } else if let record = UndoRecord(line: line) {
        waiting.append(record)
      } else {
        isSound = false
      }
      start = bytes.index(after: end)
    }
    guard let head, !records.isEmpty else { return nil }
    (self.head, self.records, isCutOff) = (head, records, block != bytes.endIndex)
  }

  /// The first line of a file.
  static func head(of name: String, in folder: borrowing Folder) throws(StoreError) -> Head? {
    guard let bytes = try read(name, in: folder, atMost: 4096), let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    return Head(line: String(decoding: bytes[..<end], as: UTF8.self))
  }

  private static func read(
    _ name: String, in folder: borrowing Folder, atMost most: Int
  ) throws(StoreError) -> [UInt8]? {
    let descriptor = folder.open(name, O_RDONLY)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system("cannot open \(folder.path(of: name))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.isPlainFile else { return nil }
    var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), most))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, off_t(filled))
      }
      guard count > 0 else { throw .system("cannot read \(folder.path(of: name))") }
      filled += count
    }
    return bytes
  }

  // MARK: Blocks

  private static let endMark = "end\t"

  /// The lines of one transaction.
  static func block(_ records: [UndoRecord], after head: Head?) -> [UInt8] {
    var text: [UInt8] = []
    if let head { text += Array((head.line + "\n").utf8) }
    for record in records { text += Array((record.line + "\n").utf8) }
    return text + Array((endMark + checksum(of: text) + "\n").utf8)
  }

  /// FNV-1a of 64 bits (RFC 9923): against accidents, not against people, who may write to the store itself.
  static func checksum(of bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }
}

extension AuditEntry {
  /// An import is known by its file; what became of it is added at its end.
  fileprivate var subject: String {
    guard what.hasSuffix(Self.unfinished) else { return what }
    return String(what.dropLast(Self.unfinished.count))
  }

  /// What stands behind the name of a long change until it is done.
  static let unfinished = ": not finished"
}
