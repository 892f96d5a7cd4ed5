internal import SQLite

/// Looking numbers, pools and carriers up.
extension Store {
  func number(id: Int) throws -> Number? {
    try database.first("SELECT * FROM number_in_full WHERE id = ?", id) { Number($0) }
  }

  /// The next number in import order.
  func number(after id: Int) throws -> Number? {
    try database.first("SELECT * FROM number_in_full WHERE id > ? ORDER BY id LIMIT 1", id) { Number($0) }
  }

  func pool(named name: String) throws -> Pool? {
    try database.first("SELECT id, name FROM pool WHERE name = ?", name) { Pool(id: $0[0], name: $0[1]) }
  }

  func carrier(named name: String) throws -> Carrier? {
    try database.first("SELECT id, name FROM carrier WHERE name = ?", name) { Carrier(id: $0[0], name: $0[1]) }
  }
}
