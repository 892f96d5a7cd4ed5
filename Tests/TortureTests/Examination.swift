import SQLite

/// A look into a store, and what is found to be wrong with it.
struct Examination {
  let database: Database
  var problems: [String] = []

  init(of site: Site) throws {
    database = try site.opened()
    let integrity: [String] = try database.all("PRAGMA integrity_check") { $0[0] }
    if integrity != ["ok"] { problems.append("integrity_check: \(integrity.prefix(3))") }
  }

  mutating func expectNone(_ what: String, _ count: Int?) {
    if count != 0 { problems.append("\(what): \(count ?? -1)") }
  }
}

extension Site {
  /// The store past the programs, which leaves its log as it is.
  func opened() throws -> Database {
    let database = try Database(path: store, mode: .readWrite)
    database.busyTimeoutMilliseconds = 10_000
    try database.keepLogOnClose()
    return database
  }
}
