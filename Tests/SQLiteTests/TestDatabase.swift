import Foundation
import SQLite

/// A database with a log, in a folder of its own.
final class TestDatabase {
  let folder = FileManager.default.temporaryDirectory.path + "/sqlite-\(UUID().uuidString)"
  let database: Database
  var path: String { folder + "/test.db" }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    database = try Database(path: folder + "/test.db", mode: .create)
    try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER UNIQUE, b TEXT)")
    // As a store's: no commit waits for a sync.
    try database.sync(true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func logSize() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
  }

  /// What a process would find after a crash of this one: the database and its log, without the index.
  func recovered() throws -> Database {
    let copy = folder + "/copy-\(UUID().uuidString).db"
    for end in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + end, toPath: copy + end) }
    return try Database(path: copy, mode: .readWrite)
  }
}
