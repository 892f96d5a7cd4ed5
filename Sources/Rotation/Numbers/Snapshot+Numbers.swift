internal import SQLite

/// Looks up numbers, pools and carriers.
extension Snapshot {
  func number(id: Int) throws -> Number? {
    try number { try database.first("SELECT * FROM number WHERE id = ?", id, body: $0) }
  }

  /// The next number in import order.
  func number(after id: Int) throws -> Number? {
    try number { try database.first("SELECT * FROM number WHERE id > ? ORDER BY id LIMIT 1", id, body: $0) }
  }

  func number(_ phone: PhoneNumber) throws -> Number? {
    try number { try database.first("SELECT * FROM number WHERE e164 = ?", phone.e164, body: $0) }
  }

  /// Puts a number together from its row, its pool and its carrier. They are looked up one by one, because every call
  /// would have to plan a join again.
  private func number(
    _ first: ((borrowing Row) -> (number: Number, poolID: Int, carrierID: Int)) throws -> (
      number: Number, poolID: Int, carrierID: Int
    )?
  ) throws -> Number? {
    let unknown = Pool(id: 0, name: "", reach: [], scopes: [])
    guard
      let found = try first({ row in (Number(row, pool: unknown, carrier: nil), row[4], row[5]) }),
      let pool = try pool(id: found.poolID)
    else { return nil }
    var number = found.number
    number.pool = pool
    number.carrier = found.carrierID == 0 ? nil : try carrier(id: found.carrierID)
    return number
  }

  /// The next numbers in import order, no more than `count`.
  func numbers(after id: Int, atMost count: Int) throws -> [Number] {
    var numbers: [Number] = []
    while numbers.count < count, let next = try number(after: numbers.last?.id ?? id) { numbers.append(next) }
    return numbers
  }

  // MARK: Pools and carriers

  func pool(named name: String) throws -> Pool? {
    try known(
      &memory.pools, where: { $0.name.isSameName(as: name) },
      orElse: {
        try database.first("SELECT id, name, has_regions, scopes FROM pool WHERE name = ?", name) { Pool($0) }
      })
  }

  func pool(id: Int) throws -> Pool? {
    try known(
      &memory.pools, where: { $0.id == id },
      orElse: {
        try database.first("SELECT id, name, has_regions, scopes FROM pool WHERE id = ?", id) { Pool($0) }
      })
  }

  func carrier(named name: String) throws -> Carrier? {
    try known(
      &memory.carriers, where: { $0.name.isSameName(as: name) },
      orElse: {
        try database.first("SELECT id, name FROM carrier WHERE name = ?", name) { Carrier(id: $0[0], name: $0[1]) }
      })
  }

  func carrier(id: Int) throws -> Carrier? {
    try known(
      &memory.carriers, where: { $0.id == id },
      orElse: {
        try database.first("SELECT id, name FROM carrier WHERE id = ?", id) { Carrier(id: $0[0], name: $0[1]) }
      })
  }

  /// The result of an earlier look-up, or else what `read` returns.
  private func known<Item>(
    _ items: inout [Item], where matches: (Item) -> Bool, orElse read: () throws -> Item?
  ) rethrows -> Item? {
    if let item = items.first(where: matches) { return item }
    guard let item = try read() else { return nil }
    items.append(item)
    return item
  }
}

extension Pool {
  fileprivate init(_ row: borrowing Row) {
    self.init(id: row[0], name: row[1], reach: Reach(rawValue: row[2]), scopes: CampaignScope.read(row[3]))
  }
}
