import MariaDB

/// The engine's tables, as numbered migrations; a released one is never edited.
///
/// Times are seconds since 1970-01-01 UTC, or, where so said, microseconds; 0 stands for "not". InnoDB is named: a server
/// may have MyISAM as its default, which knows no transactions.
enum EngineSchema {
  static var version: Int { migrations.count }

  static let migrations: [[String]] = [
    [
      """
      CREATE TABLE callerid_cluster (
        id TINYINT NOT NULL PRIMARY KEY,
        migration INT NOT NULL,
        generation BIGINT NOT NULL,   -- grows when dialers find that the engine is older than they are
        recovering TINYINT NOT NULL,  -- whether dialers are still to say what they hold
        version BIGINT NOT NULL,      -- of the operators' changes
        lease_seconds INT NOT NULL,
        created_at BIGINT NOT NULL
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_dialer (
        id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE,
        epoch BIGINT NOT NULL,        -- grows when others take its numbers away
        beat BIGINT NOT NULL,         -- grows with each renewal
        generation BIGINT NOT NULL,
        state VARCHAR(10) NOT NULL,   -- active, evicted or left
        followed BIGINT NOT NULL,     -- the version of the operators' changes that it has carried out
        untold INT NOT NULL,          -- how much of its own it has not told yet
        program VARCHAR(64) NOT NULL,
        clock_ms BIGINT NOT NULL,     -- by how much its clock is ahead of the engine's
        seen_at DATETIME(6) NOT NULL  -- for people; nothing is decided by it
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_number (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        e164 VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
        written VARCHAR(40) NOT NULL,
        fields TEXT NOT NULL,         -- what operators have decided, a line each
        pool VARCHAR(64) NOT NULL,    -- without capitals
        area VARCHAR(64) NOT NULL,
        usable TINYINT NOT NULL,
        removed TINYINT NOT NULL,
        added_at BIGINT NOT NULL,
        version BIGINT NOT NULL,      -- when operators last changed it
        rest_version BIGINT NOT NULL, -- when operators last had it rest, or woke it
        holder INT NOT NULL,          -- the dialer that has it; 0: none
        epoch BIGINT NOT NULL,        -- the holder's
        fence BIGINT NOT NULL,        -- grows with each lease
        unsettled_by INT NOT NULL,    -- the dialer that was evicted with it, until it tells how often it was used
        unsettled_until BIGINT NOT NULL, -- nobody gets it before
        day BIGINT NOT NULL, used_today BIGINT NOT NULL,
        hour BIGINT NOT NULL, used_this_hour BIGINT NOT NULL,
        last_use BIGINT NOT NULL,     -- microseconds
        resting_until BIGINT NOT NULL,
        rest_reason VARCHAR(300) NOT NULL,
        outcomes VARCHAR(80) NOT NULL,
        uses TEXT NOT NULL,           -- of campaigns that limit their calls with each number, a line each
        KEY share (pool, area, usable, holder, last_use),
        KEY holder (holder),
        KEY version (version)
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_item (
        kind VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        folded VARCHAR(256) NOT NULL, -- the name without capitals
        name VARCHAR(256) NOT NULL,
        value TEXT,
        version BIGINT NOT NULL,
        PRIMARY KEY (kind, folded),
        KEY version (version)
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_demand (
        dialer INT NOT NULL, pool VARCHAR(64) NOT NULL, area VARCHAR(64) NOT NULL, calls INT NOT NULL,
        PRIMARY KEY (dialer, pool, area)
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_quota (
        campaign VARCHAR(64) NOT NULL, -- without capitals
        length CHAR(1) NOT NULL, started_at BIGINT NOT NULL, dialer INT NOT NULL,
        calls BIGINT NOT NULL,
        PRIMARY KEY (campaign, length, started_at, dialer)
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_request (
        dialer INT NOT NULL, id BIGINT NOT NULL,
        at BIGINT NOT NULL, status VARCHAR(20) NOT NULL, reason VARCHAR(250), destination VARCHAR(64),
        area_code VARCHAR(64), campaign VARCHAR(64), agent VARCHAR(64), number VARCHAR(20), matched VARCHAR(10),
        reserved_until BIGINT NOT NULL, released_at BIGINT, dial_status VARCHAR(64), hangup_cause BIGINT,
        answered_seconds BIGINT, uniqueid VARCHAR(150), call_code VARCHAR(64), hangup_tech VARCHAR(64), blocked TINYINT,
        PRIMARY KEY (dialer, id),
        KEY at (at)
      ) ENGINE=InnoDB
      """,
      """
      CREATE TABLE callerid_audit (
        dialer INT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, who VARCHAR(256) NOT NULL, what MEDIUMTEXT NOT NULL,
        PRIMARY KEY (dialer, id),
        KEY at (at)
      ) ENGINE=InnoDB
      """,
    ]
  ]
}

extension Engine {
  /// Makes the tables, or brings those of an older version up to this one. The engine ends a transaction with each
  /// definition of a table: a migration that was interrupted is begun again, and finds some of its tables there.
  ///
  /// - Parameter leaseSeconds: how long a dialer may use its numbers without the engine.
  /// - Throws: `refused` where a newer program has made them.
  package func createTables(leaseSeconds: Int, at now: Int) throws {
    let known = try schemaVersion()
    guard known <= EngineSchema.version else { throw ClusterError.newerSchema(known) }
    for migration in EngineSchema.migrations.dropFirst(known) {
      for statement in migration {
        try connection.execute(
          statement.replacing("CREATE TABLE ", with: "CREATE TABLE IF NOT EXISTS ", maxReplacements: 1)
            + (statement.hasPrefix("CREATE TABLE") ? " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" : ""))
      }
    }
    try connection.run(
      """
      INSERT INTO callerid_cluster (id, migration, generation, recovering, version, lease_seconds, created_at)
      VALUES (1, ?, 1, 0, 0, ?, ?) ON DUPLICATE KEY UPDATE migration = VALUES(migration)
      """, EngineSchema.version, leaseSeconds, now)
  }

  /// 0: there are no tables yet.
  package func schemaVersion() throws -> Int {
    do throws(EngineError) {
      return try connection.value("SELECT migration FROM callerid_cluster WHERE id = 1") ?? 0
    } catch {
      guard error.isMissingTable else { throw error }
      return 0
    }
  }
}
