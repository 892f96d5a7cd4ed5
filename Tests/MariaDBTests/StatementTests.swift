import MariaDB
import TestSupport
import Testing

struct StatementTests {
  @Test func valuesComeBackAsTheyWere() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      try engine.execute(
        """
        CREATE TABLE kept (id INT PRIMARY KEY, whole BIGINT, positive BIGINT UNSIGNED, small TINYINT(1), real_number DOUBLE,
          words VARCHAR(2000), bytes LONGBLOB, moment DATETIME(6), exact DECIMAL(20,4))
          ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
        """)
      let long = [UInt8]((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      let words = ["", "Zoë “日本” 🎉 \u{301}", "'; DROP TABLE kept; --\\\u{0}\n", String(repeating: "é", count: 1_999)]
      let numbers = [0, -1, .min, .max]
      for index in 0..<4 {
        try engine.run(
          "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", index, numbers[index], Int.max, index % 2 == 0,
          Double(index) / 3, words[index], index == 3 ? long : [0, 255, 39, 92], "2026-11-28 04:10:00.123456",
          "-12.3400")
      }
      // More than an Int has is read as the largest.
      try engine.run("UPDATE kept SET positive = 18446744073709551615 WHERE id = 1")
      for index in 0..<4 {
        try engine.first("SELECT * FROM kept WHERE id = ?", index) { row in
          #expect(row[1] == numbers[index])
          #expect(row[2] == Int.max)
          #expect(row[3] == (index % 2 == 0))
          #expect(row[4] == Double(index) / 3)
          #expect(row[5] as String? == words[index])
          #expect(row[6] == (index == 3 ? long : [0, 255, 39, 92]))
          // Again: it was fetched once.
          #expect(row[6] as [UInt8]? == (index == 3 ? long : [0, 255, 39, 92]))
          #expect(row[7] == "2026-11-28 04:10:00.123456")
          #expect(row[8] == "-12.3400")
          #expect(row[8] == -12)
          #expect(row[8] == -12.34)
        }
      }
    }
  }

  @Test func nullIsNotZeroOrEmpty() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      try engine.execute("CREATE TABLE kept (whole INT, words VARCHAR(9), bytes BLOB, moment DATETIME(6))")
      try engine.run("INSERT INTO kept VALUES (?, ?, ?, ?)", Int?.none, String?.none, [UInt8]?.none, String?.none)
      try engine.run("INSERT INTO kept VALUES (?, ?, ?, NULL)", Int?(0), String?(""), [UInt8]())
      let rows = try engine.all("SELECT * FROM kept ORDER BY whole IS NULL DESC") { row in
        (row[0] as Int?, row[1] as String?, row[2] as [UInt8]?, row[3] as String?, row[0] as Int, row[1] as String)
      }
      #expect(rows.count == 2)
      #expect(rows[0].0 == nil && rows[0].1 == nil && rows[0].2 == nil && rows[0].3 == nil)
      #expect(rows[0].4 == 0 && rows[0].5.isEmpty)
      #expect(rows[1].0 == 0 && rows[1].1 == "" && rows[1].2 == [] && rows[1].3 == nil)
    }
  }

  @Test func numbersAreReadFromAllThatIsANumber() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      #expect(try engine.value("SELECT SUM(1 + 2)") == 3)
      #expect(try engine.value("SELECT AVG(2.5)", as: Double.self) == 2.5)
      #expect(try engine.value("SELECT COUNT(*) FROM information_schema.tables WHERE 1 = 0") == 0)
      #expect(try engine.value("SELECT CAST(99999999999999999999 AS DECIMAL(30))") == Int.max)
      #expect(try engine.value("SELECT CAST(-99999999999999999999 AS DECIMAL(30))") == Int.min)
      #expect(try engine.value("SELECT -9223372036854775808.0") == Int.min)
      #expect(try engine.value("SELECT 9223372036854775807.0") == Int.max)
      #expect(try engine.value("SELECT 1e300") == Int.max)
      #expect(try engine.value("SELECT -2.9e0") == -2)
      #expect(try engine.value("SELECT 'many'") == 0)
      #expect(try engine.value("SELECT 7", as: String.self) == "7")
      #expect(try engine.value("SELECT 2 = 2", as: Bool.self) == true)
      #expect(try engine.value("SELECT NULL", as: Int?.self) == .some(nil))
      #expect(try engine.value("SELECT 1 FROM DUAL WHERE 1 = 0", as: Int.self) == nil)
      #expect(try engine.value("SELECT CAST(18446744073709551615 AS UNSIGNED)") == Int.max)
    }
  }

  @Test func affectedRowsAreThoseFound() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY AUTO_INCREMENT, n INT)")
      #expect(try engine.run("INSERT INTO kept (n) VALUES (?), (?)", 1, 1) == 2)
      #expect(engine.lastInsertedID == 1)
      // Also those that have the value already.
      #expect(try engine.run("UPDATE kept SET n = ?", 1) == 2)
      #expect(try engine.run("UPDATE kept SET n = ? WHERE id = ?", 5, 2) == 1)
      #expect(try engine.run("UPDATE kept SET n = ? WHERE id = ?", 5, 3) == 0)
      let upsert = "INSERT INTO kept VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUE(n)"
      #expect(try engine.run(upsert, 3, 3) == 1)
      #expect(try engine.run(upsert, 3, 4) == 2)
      #expect(try engine.run(upsert, 3, 4) == 1)
      #expect(try engine.run("DELETE FROM kept WHERE id > ?", 1) == 2)
    }
  }

  @Test func failuresTellCodeStateAndStatement() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY, n TINYINT)")
      try engine.run("INSERT INTO kept VALUES (1, 1)")
      let duplicate = failure { try engine.run("INSERT INTO kept VALUES (?, ?)", 1, 1) }
      #expect(duplicate?.code == 1062 && duplicate?.sqlState == "23000" && duplicate?.isDuplicate == true)
      #expect(duplicate?.sql == "INSERT INTO kept VALUES (?, ?)")
      let missing = failure { try engine.run("SELECT * FROM nowhere") }
      #expect(missing?.code == 1146 && missing?.isMissingTable == true && missing?.sqlState == "42S02")
      #expect(failure { try engine.run("SELEC 1") }?.code == 1064)
      #expect(failure { try engine.execute("SELEC 1") }?.sqlState == "42000")
      // Strict: nothing is cut to fit.
      #expect(failure { try engine.run("INSERT INTO kept VALUES (2, ?)", 300) }?.code == 1264)
      #expect(failure { try engine.execute("CREATE TABLE other (id INT) ENGINE=nothing") }?.code == 1286)
      #expect(failure { try engine.run("INSERT INTO kept VALUES (?, ?)", 1) }?.message == "1 values for 2 parameters")
      #expect(failure { try engine.execute("DO 1; DO 2") }?.code == 1064)
      // A file of this machine is not sent, whoever asks for it.
      #expect(failure { try engine.execute("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE kept") } != nil)
      #expect(try engine.value("SELECT COUNT(*) FROM kept") == 1)
    }
  }

  @Test func statementsMayRunWhileRowsAreRead() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      var pairs: [[Int]] = []
      let three = "SELECT 1 AS n UNION SELECT 2 UNION SELECT 3"
      try engine.each(three) { outer in
        let left: Int = outer[0]
        // The same statement within itself.
        try engine.each(three) { inner in pairs.append([left, inner[0]]) }
        #expect(outer[0] == left)
      }
      #expect(pairs == [1, 2, 3].flatMap { left in [1, 2, 3].map { [left, $0] } })
      struct Enough: Error {}
      #expect(throws: Enough.self) { try engine.each(three) { _ in throw Enough() } }
      #expect(try engine.first(three) { $0[0] as Int } == 1)
      // Parsed once, however often they run.
      let before: Int? = try engine.first("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'") { $0[1] }
      for number in 0..<50 { #expect(try engine.value("SELECT ? + 1", number) == number + 1) }
      #expect(try engine.first("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'") { $0[1] as Int } == (before ?? 0) + 1)
    }
  }

  @Test func aTableThatOthersChangeIsReadAsItIs() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      let other = try MariaDB.Connection(ConnectionOptions(node.port))
      try engine.execute("CREATE TABLE kept (id INT, words VARCHAR(9))")
      try engine.run("INSERT INTO kept VALUES (1, 'one')")
      let all = "SELECT * FROM kept"
      #expect(try engine.all(all) { $0[1] as String } == ["one"])
      try other.execute("ALTER TABLE kept ADD COLUMN n BIGINT NOT NULL DEFAULT 7 FIRST, ADD COLUMN m INT DEFAULT 8")
      // Other columns are more than libmariadb can bear: the session begins anew.
      #expect(failure { try engine.all(all) { $0[0] as Int } }?.isConnectionLost == true)
      #expect(try engine.all(all) { [$0[0] as Int, $0[1], $0[3]] } == [[7, 1, 8]])
      #expect(try engine.all(all) { $0[2] as String } == ["one"])
      // Other types are not.
      try other.execute("ALTER TABLE kept MODIFY n VARCHAR(400) NOT NULL")
      try other.run("UPDATE kept SET n = ?", String(repeating: "n", count: 400))
      #expect(try engine.all(all) { ($0[0] as String).utf8.count } == [400])
      try other.execute("ALTER TABLE kept DROP COLUMN words")
      #expect(try engine.transaction { try $0.all(all) { $0[1] as Int } } == [1])
    }
  }

  @Test func fiveHundredRowsAreOneRoundTrip() async throws {
    let node = try await EngineNode()
    let proxy = try EngineProxy(to: node.port)
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(proxy.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY, words VARCHAR(40), n DOUBLE, bytes BLOB)")
      let rows = (0..<500).map { id -> [any Value] in
        let words: String? = id % 7 == 0 ? nil : "wörter \(id)"
        let half: Double? = id % 2 == 0 ? Double(id) / 2 : nil
        return [id, words, half, [UInt8]("\(id)".utf8)]
      }
      let sql = "INSERT INTO kept VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE words = VALUE(words), n = VALUE(n)"
      let before = proxy.roundTrips
      #expect(try engine.runMany(sql, rows: rows) == 500)
      // One to have it parsed, which is done once, and one for all rows.
      #expect(proxy.roundTrips - before == 2)
      #expect(try engine.runMany(sql, rows: rows) == 500)
      #expect(proxy.roundTrips - before == 3)
      #expect(try engine.value("SELECT COUNT(*) FROM kept WHERE words IS NULL") == 72)
      #expect(try engine.value("SELECT words FROM kept WHERE id = 499") == "wörter 499")
      #expect(try engine.value("SELECT SUM(n) FROM kept", as: Double.self) == 31_125)
      #expect(try engine.runMany(sql, rows: rows.map { [$0[0], "new", $0[2], $0[3]] }) == 1000)
      #expect(try engine.value("SELECT COUNT(*) FROM kept WHERE words = 'new'") == 500)
      #expect(try engine.runMany("UPDATE kept SET n = ? WHERE id = ?", rows: (490..<510).map { [1.5, $0] }) == 10)
      #expect(try engine.runMany("DELETE FROM kept WHERE id = ?", rows: (0..<100).map { [$0] }) == 100)
      #expect(try engine.runMany(sql, rows: []) == 0)
      #expect(try engine.runMany(sql, rows: [[1000, nil as String?, nil as Double?, nil as [UInt8]?]]) == 1)
      // Numbers and texts in one column.
      #expect(try engine.runMany(sql, rows: [[1001, 5, 1, "x"], [1002, "six", 1.5, [UInt8]([0])]]) == 2)
      #expect(try engine.value("SELECT words FROM kept WHERE id = 1001") == "5")
      // An INSERT is one statement: none of its rows stands if one fails.
      let plain = "INSERT INTO kept VALUES (?, 'p', 0, '')"
      #expect(failure { try engine.runMany(plain, rows: [[2000], [2001], [1001], [2002]]) }?.isDuplicate == true)
      #expect(try engine.value("SELECT COUNT(*) FROM kept WHERE id >= 2000") == 0)
    }
  }
}
