internal import SQLite

/// The store's tables, as numbered migrations.
///
/// A released migration is never edited: its text is what made the stores that are out there. SQLite reads the whole
/// schema at every open, so each table and index here is paid for by every call.
enum Schema {
  /// `CIDR`, for file(1) and for telling our stores from other programs' (https://www.sqlite.org/pragma.html).
  static let applicationID = 0x4349_4452

  struct Migration: Sendable {
    let name: StaticString
    let sql: StaticString
  }

  static var version: Int { migrations.count }

  /// Times are seconds since 1970-01-01 UTC; 0 stands for "not". A limit of -1 is no limit, NULL the setting's.
  static let migrations: [Migration] = [
    Migration(
      name: "first",
      sql: """
        CREATE TABLE migration (
          version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);
        CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE pool (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        CREATE TABLE carrier (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        INSERT INTO pool (name) VALUES ('default');

        -- An ID is never given twice: the request log goes on naming a number that was removed.
        CREATE TABLE number (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          e164 TEXT NOT NULL UNIQUE,
          written TEXT NOT NULL,
          name TEXT NOT NULL,
          pool_id INTEGER NOT NULL REFERENCES pool,
          carrier_id INTEGER NOT NULL, -- 0: none known
          area_codes TEXT NOT NULL,    -- those it serves, a space between
          state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'retired')),
          daily_limit INTEGER,
          hourly_limit INTEGER,
          day INTEGER NOT NULL DEFAULT 0,  -- the start of the day that used_today counts
          used_today INTEGER NOT NULL DEFAULT 0,
          hour INTEGER NOT NULL DEFAULT 0,
          used_this_hour INTEGER NOT NULL DEFAULT 0,
          last_request INTEGER NOT NULL DEFAULT 0, -- orders the numbers by last use; 0: never used
          last_used_at INTEGER NOT NULL DEFAULT 0,
          reserved_until INTEGER NOT NULL DEFAULT 0, -- by last_request
          resting_until INTEGER NOT NULL DEFAULT 0,
          asleep_until INTEGER NOT NULL DEFAULT 0
        );

        CREATE VIEW number_in_full AS
          SELECT n.id, e164, written, n.name, pool_id, p.name AS pool, carrier_id, c.name AS carrier, area_codes, state,
            daily_limit, hourly_limit, day, used_today, hour, used_this_hour,
            last_request, last_used_at, reserved_until, resting_until, asleep_until
          FROM number n JOIN pool p ON p.id = pool_id LEFT JOIN carrier c ON c.id = carrier_id;

        -- Where a pick looks: a number stands in one lane for any destination ('') and in one for each area code it
        -- serves. Within a lane, awake numbers (asleep_until 0) come first, least recently used ahead; then those
        -- asleep, by the moment they wake.
        CREATE TABLE lane (
          pool_id INTEGER NOT NULL,
          area_code TEXT NOT NULL,
          carrier_id INTEGER NOT NULL,
          asleep_until INTEGER NOT NULL,
          last_request INTEGER NOT NULL,
          number_id INTEGER NOT NULL,
          PRIMARY KEY (pool_id, area_code, carrier_id, asleep_until, last_request, number_id)
        ) WITHOUT ROWID;

        CREATE TABLE campaign (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL);
        CREATE TABLE agent (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
          minute INTEGER NOT NULL, used_this_minute INTEGER NOT NULL);

        -- The request log. Its newest row is never pruned, so that ids never begin again.
        CREATE TABLE request (
          id INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          status TEXT NOT NULL,
          reason TEXT,
          destination TEXT,
          campaign_id INTEGER,
          agent_id INTEGER,
          number_id INTEGER,
          match TEXT,
          reserved_until INTEGER NOT NULL DEFAULT 0,
          released_at INTEGER,
          dial_status TEXT,
          answered_seconds INTEGER,
          uniqueid TEXT,
          call_code TEXT
        );
        CREATE INDEX request_uniqueid ON request (uniqueid) WHERE uniqueid IS NOT NULL;

        -- Finished days, kept when the request log is pruned.
        CREATE TABLE daily_usage (
          day INTEGER NOT NULL, number_id INTEGER NOT NULL, calls INTEGER NOT NULL,
          PRIMARY KEY (day, number_id)
        ) WITHOUT ROWID;

        PRAGMA application_id = 0x43494452;
        PRAGMA user_version = 1;
        """)
  ]

  /// Brings a store up to the newest version; each migration commits together with its record.
  static func migrate(_ database: Database, at now: Int) throws {
    for (index, migration) in migrations.enumerated() {
      try database.transaction {
        // Read under the lock: another process may just have done it.
        guard try version(of: database) == index else { return }
        try database.execute(migration.sql)
        try database.run(
          "INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)",
          index + 1, migration.name.description, now)
      }
    }
  }

  static func version(of database: Database) throws(SQLiteError) -> Int {
    try database.value("PRAGMA user_version") ?? 0
  }

  static func isOurs(_ database: Database) throws(SQLiteError) -> Bool {
    try database.value("PRAGMA application_id") == applicationID
  }
}
