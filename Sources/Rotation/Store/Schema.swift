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

  /// Times are seconds since 1970-01-01 UTC; 0 stands for "not". A limit of -1 is no limit, NULL the setting's. No
  /// defaults: each costs every call its parsing.
  static let migrations: [Migration] = [
    Migration(
      name: "first",
      sql: """
        CREATE TABLE migration (
          version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);

        -- Of the whole store (campaign 0) and of each campaign.
        CREATE TABLE setting (
          campaign_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (campaign_id, key)
        ) WITHOUT ROWID;

        CREATE TABLE pool (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
          numbers INTEGER NOT NULL,
          has_regions INTEGER NOT NULL, -- whether numbers in it serve whole regions
          scopes TEXT NOT NULL); -- the campaigns that keep lanes of their own in it
        CREATE TABLE carrier (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        INSERT INTO pool (name, numbers, has_regions, scopes) VALUES ('default', 0, 0, '');

        -- An ID is never given twice: the request log goes on naming a number that was removed.
        CREATE TABLE number (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          e164 TEXT NOT NULL UNIQUE,
          written TEXT NOT NULL,
          name TEXT NOT NULL,
          pool_id INTEGER NOT NULL,
          carrier_id INTEGER NOT NULL, -- 0: none known
          area_codes TEXT NOT NULL,    -- those it serves, a space between
          state TEXT NOT NULL,
          daily_limit INTEGER,
          hourly_limit INTEGER,
          max_concurrent INTEGER,
          added_at INTEGER NOT NULL,
          attestation TEXT NOT NULL,
          authorized_by TEXT NOT NULL,
          verified_at INTEGER NOT NULL,
          callback INTEGER NOT NULL,
          day INTEGER NOT NULL,  -- the start of the day that used_today counts
          used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL,
          used_this_hour INTEGER NOT NULL,
          last_request INTEGER NOT NULL, -- orders the numbers by last use; 0: never used
          last_used_at INTEGER NOT NULL,
          holds TEXT NOT NULL, -- the reservations on it: request:from:until, a space between
          resting_until INTEGER NOT NULL,
          rest_reason TEXT NOT NULL,
          asleep_until INTEGER NOT NULL
        );
        CREATE INDEX number_resting ON number (pool_id, resting_until) WHERE resting_until > 0;

        -- Where a pick looks: a number stands in one lane for any destination ('') and in one for each area code it
        -- serves; all that for everyone (campaign 0), and again for each campaign that keeps lanes of its own. Within a
        -- lane, awake numbers (asleep_until 0) come first, least recently used ahead; then those asleep, by the moment
        -- they wake.
        CREATE TABLE lane (
          name TEXT NOT NULL, -- campaign:pool:area code:carrier
          asleep_until INTEGER NOT NULL,
          last_request INTEGER NOT NULL,
          number_id INTEGER NOT NULL,
          PRIMARY KEY (name, asleep_until, last_request, number_id)
        ) WITHOUT ROWID;

        CREATE TABLE campaign (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
          dial_prefix TEXT UNIQUE,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL);
        CREATE TABLE agent (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
          calls_per_minute INTEGER,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
          minute INTEGER NOT NULL, used_this_minute INTEGER NOT NULL);

        -- What a campaign that limits its numbers has used of each.
        CREATE TABLE campaign_number (
          campaign_id INTEGER NOT NULL, number_id INTEGER NOT NULL,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
          asleep_until INTEGER NOT NULL, -- its place in the campaign's lanes
          PRIMARY KEY (campaign_id, number_id)
        ) WITHOUT ROWID;

        -- The number that a destination, or an agent of a campaign, is to get again.
        CREATE TABLE sticky (
          campaign_id INTEGER NOT NULL, -- 0: for a destination
          key TEXT NOT NULL,
          number_id INTEGER NOT NULL,
          until INTEGER NOT NULL,
          PRIMARY KEY (campaign_id, key)
        ) WITHOUT ROWID;

        -- The request log. Its newest row is never pruned, so that ids never begin again.
        CREATE TABLE request (
          id INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          status TEXT NOT NULL,
          reason TEXT,
          destination TEXT,
          area_code TEXT, -- the destination's
          campaign_id INTEGER,
          agent_id INTEGER,
          number_id INTEGER,
          match TEXT,
          reserved_until INTEGER NOT NULL,
          released_at INTEGER,
          dial_status TEXT,
          hangup_cause INTEGER,
          answered_seconds INTEGER,
          uniqueid TEXT,
          call_code TEXT
        );
        CREATE INDEX request_uniqueid ON request (uniqueid) WHERE uniqueid IS NOT NULL;

        -- A number's outcomes since a rule last put it to rest.
        CREATE TABLE outcome (
          number_id INTEGER PRIMARY KEY,
          calls INTEGER NOT NULL, answered INTEGER NOT NULL, short INTEGER NOT NULL);

        -- Finished days, kept when the request log is pruned.
        CREATE TABLE daily_usage (
          day INTEGER NOT NULL, number_id INTEGER NOT NULL,
          calls INTEGER NOT NULL, answered INTEGER NOT NULL, answered_seconds INTEGER NOT NULL,
          PRIMARY KEY (day, number_id)
        ) WITHOUT ROWID;

        -- Every change that an operator made.
        CREATE TABLE audit (
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL);

        PRAGMA application_id = 0x43494452;
        PRAGMA user_version = 1;
        """),
    // Names of campaigns and agents become the same in capitals or not, as those of pools and carriers are. Where a store
    // has told several apart, the one that the operator has decided something for keeps its name, or else the first; the
    // others get their IDs behind theirs.
    Migration(
      name: "names",
      sql: """
        ALTER TABLE campaign RENAME TO campaign_1;
        CREATE TABLE campaign (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
          dial_prefix TEXT UNIQUE,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL);
        INSERT INTO campaign
          SELECT id,
            CASE row_number() OVER (
              PARTITION BY name COLLATE NOCASE ORDER BY id NOT IN (SELECT campaign_id FROM setting), id)
              WHEN 1 THEN name ELSE substr(name, 1, 48) || ' (' || id || ')' END,
            dial_prefix, day, used_today, hour, used_this_hour FROM campaign_1;
        DROP TABLE campaign_1;

        ALTER TABLE agent RENAME TO agent_1;
        CREATE TABLE agent (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
          calls_per_minute INTEGER,
          day INTEGER NOT NULL, used_today INTEGER NOT NULL,
          hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
          minute INTEGER NOT NULL, used_this_minute INTEGER NOT NULL);
        INSERT INTO agent
          SELECT id,
            CASE row_number() OVER (PARTITION BY name COLLATE NOCASE ORDER BY calls_per_minute IS NULL, id)
              WHEN 1 THEN name ELSE substr(name, 1, 48) || ' (' || id || ')' END,
            calls_per_minute, day, used_today, hour, used_this_hour, minute, used_this_minute FROM agent_1;
        DROP TABLE agent_1;

        ALTER TABLE sticky RENAME TO sticky_1;
        CREATE TABLE sticky (
          campaign_id INTEGER NOT NULL, -- 0: for a destination
          key TEXT NOT NULL COLLATE NOCASE,
          number_id INTEGER NOT NULL,
          until INTEGER NOT NULL,
          PRIMARY KEY (campaign_id, key)
        ) WITHOUT ROWID;
        INSERT OR REPLACE INTO sticky SELECT campaign_id, key, number_id, until FROM sticky_1 ORDER BY until;
        DROP TABLE sticky_1;

        PRAGMA user_version = 2;
        """),
    // Lanes are told apart by country. Numbers of North America stay in theirs; the lanes of others get the calling code:
    // `campaign:pool::carrier` becomes `campaign:pool:=44:carrier`, and an area code 20 there +4420. One that is the
    // beginning of the number itself with its calling code only gets the +.
    Migration(
      name: "countries",
      sql: """
        CREATE TEMP TABLE moved AS
          SELECT number_id, old, start || CASE
            WHEN area = '' THEN '=' || code
            WHEN area GLOB '*[^0-9]*' THEN area
            WHEN substr(area, 1, length(code)) = code AND substr(e164, 1, length(area)) = area
              AND substr(e164, length(code) + 1, length(area)) <> area THEN '+' || area
            ELSE '+' || code || area END || ':' || carrier_id AS new
          FROM (
            SELECT *, substr(old, length(start) + 1, length(old) - length(start) - length(carrier_id) - 1) AS area FROM (
              SELECT number_id, lane.name AS old, substr(lane.name, 1, instr(lane.name, ':')) || pool_id || ':' AS start,
                e164, carrier_id, substr(e164, 1, CASE
                  WHEN substr(e164, 1, 1) = '7' THEN 1
                  WHEN substr(e164, 1, 2) IN ('20', '27', '30', '31', '32', '33', '34', '36', '39', '40', '41', '43', '44',
                    '45', '46', '47', '48', '49', '51', '52', '53', '54', '55', '56', '57', '58', '60', '61', '62', '63',
                    '64', '65', '66', '81', '82', '84', '86', '90', '91', '92', '93', '94', '95', '98') THEN 2
                  ELSE 3 END) AS code
              FROM lane JOIN number ON number.id = number_id WHERE e164 NOT LIKE '1%'))
          WHERE new <> old;
        CREATE UNIQUE INDEX moved_lane ON moved (number_id, old);
        INSERT OR IGNORE INTO lane
          SELECT new, asleep_until, last_request, number_id FROM lane JOIN moved USING (number_id) WHERE name = old;
        DELETE FROM lane WHERE (number_id, name) IN (SELECT number_id, old FROM moved);
        DROP TABLE moved;

        -- What the trunk's technology said of the end of the call, and whether that was a block of the caller-ID.
        ALTER TABLE request ADD COLUMN hangup_tech TEXT;
        ALTER TABLE request ADD COLUMN blocked INTEGER;
        ALTER TABLE outcome ADD COLUMN blocked INTEGER;

        PRAGMA user_version = 3;
        """),
    Migration(
      name: "tokens",
      sql: """
        -- Who may use callerid-server.
        CREATE TABLE token (
          name TEXT PRIMARY KEY COLLATE NOCASE,
          role TEXT NOT NULL,
          hash TEXT NOT NULL UNIQUE, -- of the token, which nobody keeps
          created_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        PRAGMA user_version = 4;
        """),
    Migration(
      name: "cluster",
      sql: """
        -- In a cluster: the fence under which this dialer may use the number; 0: it may not. NULL: in no cluster.
        ALTER TABLE number ADD COLUMN lease INTEGER;

        -- What a dialer keeps of its cluster: how far it has told and heard, and what it is still to tell.
        CREATE TABLE cluster (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        PRAGMA user_version = 5;
        """),
  ]

  /// Brings a store up to the newest version, with all migrations and their records in one transaction: whatever ends it,
  /// the programs of the old version or those of the new one find a store of theirs.
  static func migrate(_ database: Database, at now: Int) throws {
    try database.transaction {
      // Read under the lock: another process may just have done it.
      for (index, migration) in migrations.enumerated() where try version(of: database) == index {
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

  /// Writes the first page as it is: it holds the application ID.
  static func writeFirstPage(of database: Database) throws(SQLiteError) {
    try database.execute("PRAGMA application_id = 0x43494452")
  }

  static func isOurs(_ database: Database) throws(SQLiteError) -> Bool {
    try database.value("PRAGMA application_id") == applicationID
  }
}
