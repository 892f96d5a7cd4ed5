internal import Glibc
internal import SQLite

/// Checks whether the store and its write-ahead log are of one time. If one of them alone was put back from a copy, SQLite
/// reads pages of two times as one state, and does not notice.
///
/// Whoever writes the first page counts up in it (the file change counter, https://www.sqlite.org/fileformat2.html), and
/// the first transaction of a log does. The store has that page from before the log began, or from the log. So its counter
/// in the store is at least the one before the log's first such page, and at most that of the log's last.
extension Store {
  func mixedFinding() -> Finding? {
    guard let older = ageBesideLog() else { return nil }
    return Finding(
      .problem, "log", "the store is \(older) than its write-ahead log: one of them was put back from a copy, alone",
      hint: "Put both back from the same copy, or a backup: callerid-admin restore FILE")
  }

  private func ageBesideLog() -> String? {
    if let counters = Self.counters(ofLog: path + "-wal", store: path), let first = counters.log.first,
      let last = counters.log.last
    {
      if counters.store &+ 1 < first { return "older" }
      if counters.store > last { return "newer" }
    }
    // The log has all that the store has, and what came after. So the store alone knows no request that it takes away.
    guard let alone = latestRequest(in: try? Database(path: path, mode: .fileAlone)) else { return nil }
    let together = try? read { try $0.database.value(Self.latestSQL, as: Int.self) }
    return alone > together.flatMap(\.self) ?? .max ? "newer" : nil
  }

  private static let latestSQL: StaticString = "SELECT max(id) FROM request"

  /// - Returns: nil also where the pages are of several moments, because the log is being copied into the store.
  private func latestRequest(in database: Database?) -> Int? {
    defer { database?.close() }
    return try? database?.value(Self.latestSQL, as: Int.self)
  }

  /// The counters in the first page: of the store, and of the log's frames that hold that page. It needs no lock: what is
  /// copied into the store meanwhile was in the log before, and the log is read after the store.
  ///
  /// - Returns: nil where there is no log, or where it was begun again meanwhile.
  private static func counters(ofLog log: String, store: String) -> (store: UInt32, log: [UInt32])? {
    let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW
    let files = [open(store, flags), open(log, flags)]
    defer { for file in files where file >= 0 { close(file) } }
    guard let header = words(8, of: files[1], at: 0), let own = words(1, of: files[0], at: counterOffset) else {
      return nil
    }
    let (pageSize, salts) = (Int(header[2]), header[4...5])
    guard (512...65_536).contains(pageSize) else { return nil }
    var counters: [UInt32] = []
    var offset = 32
    // Frames of an older log, which this one has not overwritten yet, have other salts.
    while let frame = words(6, of: files[1], at: offset), frame[2...3].elementsEqual(salts) {
      if frame[0] == 1, let counter = words(1, of: files[1], at: offset + 24 + counterOffset) {
        counters.append(counter[0])
      }
      offset += 24 + pageSize
    }
    return words(8, of: files[1], at: 0) == header ? (own[0], counters) : nil
  }

  private static let counterOffset = 24

  private static func words(_ count: Int, of file: Int32, at offset: Int) -> [UInt32]? {
    var words = [UInt32](repeating: 0, count: count)
    guard file >= 0, pread(file, &words, 4 * count, offset) == 4 * count else { return nil }
    return words.map(\.bigEndian)
  }
}
