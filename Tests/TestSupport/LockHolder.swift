internal import SQLite

/// Holds SQLite's write lock on a store, as another program would, until it is released.
package final class LockHolder {
  private let database: Database

  package init(path: String) throws {
    database = try Database(path: path, mode: .readWrite)
    try database.keepLogOnClose()
    try database.execute("BEGIN EXCLUSIVE")
  }

  package func release() { try? database.execute("ROLLBACK") }
}
