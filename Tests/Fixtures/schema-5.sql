-- A store of schema 5, as its programs left it: numbers of three pools, calls answered, refused and still held.
PRAGMA page_size = 1024;
PRAGMA journal_mode = WAL;
PRAGMA application_id = 0x43494452;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
CREATE TABLE agent (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  calls_per_minute INTEGER,
  day INTEGER NOT NULL, used_today INTEGER NOT NULL,
  hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
  minute INTEGER NOT NULL, used_this_minute INTEGER NOT NULL);
INSERT INTO "agent" VALUES(1,'1001',NULL,1764046800,1,1764108000,1,1764109800,1);
INSERT INTO "agent" VALUES(2,'1002',NULL,1764046800,1,1764108000,1,1764109800,1);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL);
INSERT INTO "audit" VALUES(1,1764109852,'operator','config timezone America/New_York');
INSERT INTO "audit" VALUES(2,1764109852,'operator','config default_daily_limit 75');
INSERT INTO "audit" VALUES(3,1764109853,'operator','config max_concurrent 2');
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  dial_prefix TEXT UNIQUE,
  day INTEGER NOT NULL, used_today INTEGER NOT NULL,
  hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL);
INSERT INTO "campaign" VALUES(1,'SALES',NULL,1764046800,2,1764108000,2);
INSERT INTO "campaign" VALUES(2,'SUPPORT',NULL,1764046800,1,1764108000,1);
INSERT INTO "campaign" VALUES(3,'UK',NULL,1764046800,1,1764108000,1);
INSERT INTO "campaign" VALUES(4,'Zoë',NULL,0,0,0,0);
CREATE TABLE campaign_number (
  campaign_id INTEGER NOT NULL, number_id INTEGER NOT NULL,
  day INTEGER NOT NULL, used_today INTEGER NOT NULL,
  hour INTEGER NOT NULL, used_this_hour INTEGER NOT NULL,
  asleep_until INTEGER NOT NULL, -- its place in the campaign's lanes
  PRIMARY KEY (campaign_id, number_id)
) WITHOUT ROWID;
CREATE TABLE carrier (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
INSERT INTO "carrier" VALUES(1,'Acme');
INSERT INTO "carrier" VALUES(2,'Bell');
CREATE TABLE cluster (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE daily_usage (
  day INTEGER NOT NULL, number_id INTEGER NOT NULL,
  calls INTEGER NOT NULL, answered INTEGER NOT NULL, answered_seconds INTEGER NOT NULL,
  PRIMARY KEY (day, number_id)
) WITHOUT ROWID;
INSERT INTO "daily_usage" VALUES(1763960400,1,3,1,61);
INSERT INTO "daily_usage" VALUES(1763960400,2,3,1,61);
CREATE TABLE lane (
  name TEXT NOT NULL, -- campaign:pool:area code:carrier
  asleep_until INTEGER NOT NULL,
  last_request INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  PRIMARY KEY (name, asleep_until, last_request, number_id)
) WITHOUT ROWID;
INSERT INTO "lane" VALUES('0:1:214:1',0,1,1);
INSERT INTO "lane" VALUES('0:1:214:2',0,2,2);
INSERT INTO "lane" VALUES('0:1:469:2',0,2,2);
INSERT INTO "lane" VALUES('0:1:808:0',1099511627776,0,6);
INSERT INTO "lane" VALUES('0:1:907:0',1099511627776,0,7);
INSERT INTO "lane" VALUES('0:1::0',1099511627776,0,6);
INSERT INTO "lane" VALUES('0:1::0',1099511627776,0,7);
INSERT INTO "lane" VALUES('0:1::1',0,1,1);
INSERT INTO "lane" VALUES('0:1::2',0,2,2);
INSERT INTO "lane" VALUES('0:2:727:1',0,3,3);
INSERT INTO "lane" VALUES('0:2:813:1',0,3,3);
INSERT INTO "lane" VALUES('0:2::1',0,3,3);
INSERT INTO "lane" VALUES('0:2::2',0,0,4);
INSERT INTO "lane" VALUES('0:2:FL:2',0,0,4);
INSERT INTO "lane" VALUES('0:3:+4420:1',0,4,5);
INSERT INTO "lane" VALUES('0:3:=44:1',0,4,5);
CREATE TABLE migration (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);
INSERT INTO "migration" VALUES(1,'first',1764109852);
INSERT INTO "migration" VALUES(2,'names',1764109852);
INSERT INTO "migration" VALUES(3,'countries',1764109852);
INSERT INTO "migration" VALUES(4,'tokens',1764109852);
INSERT INTO "migration" VALUES(5,'cluster',1764109852);
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
, lease INTEGER);
INSERT INTO "number" VALUES(1,'12145550101','2145550101','Dallas, main',1,1,'214','enabled',100,20,NULL,1764109853,'','',0,0,1764046800,1,1764108000,1,1,1764109853,'',0,'',0,NULL);
INSERT INTO "number" VALUES(2,'12145550102','12145550102','Dallas two',1,2,'214 469','enabled',NULL,NULL,NULL,1764109853,'','',0,0,1764046800,1,1764108000,1,2,1764109853,'',0,'',0,NULL);
INSERT INTO "number" VALUES(3,'17275550101','7275550101','Tampa Bay',2,1,'727 813','enabled',-1,-1,NULL,1764109853,'','',0,0,1764046800,1,1764108000,1,3,1764109853,'3:1764109853:1764113453',0,'',0,NULL);
INSERT INTO "number" VALUES(4,'13055550101','3055550101','=Florida',2,2,'FL','enabled',50,5,NULL,1764109853,'','',0,0,0,0,0,0,0,0,'',0,'',0,NULL);
INSERT INTO "number" VALUES(5,'442079460000','442079460000','London',3,1,'20','enabled',-1,-1,NULL,1764109853,'','',0,0,1764046800,1,1764108000,1,4,1764109853,'4:1764109853:1764109973',0,'',0,NULL);
INSERT INTO "number" VALUES(6,'18085550101','8085550101','Honolulu',1,0,'808','disabled',0,0,NULL,1764109853,'','',0,0,0,0,0,0,0,0,'',0,'',1099511627776,NULL);
INSERT INTO "number" VALUES(7,'19075550101','9075550101','Juneau',1,0,'907','retired',10,10,NULL,1764109853,'','',0,0,0,0,0,0,0,0,'',0,'',1099511627776,NULL);
CREATE TABLE outcome (
  number_id INTEGER PRIMARY KEY,
  calls INTEGER NOT NULL, answered INTEGER NOT NULL, short INTEGER NOT NULL, blocked INTEGER);
CREATE TABLE pool (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  numbers INTEGER NOT NULL,
  has_regions INTEGER NOT NULL, -- whether numbers in it serve whole regions
  scopes TEXT NOT NULL);
INSERT INTO "pool" VALUES(1,'default',4,0,'');
INSERT INTO "pool" VALUES(2,'sales',2,1,'');
INSERT INTO "pool" VALUES(3,'uk',1,0,'');
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
, hangup_tech TEXT, blocked INTEGER);
INSERT INTO "request" VALUES(1,1764109853,'OK',NULL,'912145551212','214',1,1,1,'area',1764109973,1764109853,'ANSWER',NULL,42,'1790000000.1','V1124102030000123456',NULL,NULL);
INSERT INTO "request" VALUES(2,1764109853,'OK',NULL,'12145551213','214',1,2,2,'area',1764109973,1764109853,'BUSY',17,NULL,'1790000000.2',NULL,NULL,NULL);
INSERT INTO "request" VALUES(3,1764109853,'OK',NULL,'18135551212','813',2,NULL,3,'area',1764113453,NULL,NULL,NULL,NULL,'1790000000.3',NULL,NULL,NULL);
INSERT INTO "request" VALUES(4,1764109853,'OK',NULL,'442079461234','207',3,NULL,5,'any',1764109973,NULL,NULL,NULL,NULL,'1790000000.4',NULL,NULL,NULL);
INSERT INTO "request" VALUES(5,1764109853,'BAD_REQUEST','unknown option bogus=1; the options are to, area, pool, carrier, ttl, name, respect-existing, action, status, answered, cause, db','12145551214',NULL,1,1,NULL,NULL,0,NULL,NULL,NULL,NULL,'1790000000.5',NULL,NULL,NULL);
INSERT INTO "request" VALUES(6,1764109853,'BAD_REQUEST','unknown pool','12145551215',NULL,4,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'1790000000.6',NULL,NULL,NULL);
CREATE TABLE setting (
  campaign_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (campaign_id, key)
) WITHOUT ROWID;
INSERT INTO "setting" VALUES(0,'default_daily_limit','75');
INSERT INTO "setting" VALUES(0,'max_concurrent','2');
INSERT INTO "setting" VALUES(0,'timezone','America/New_York');
CREATE TABLE sticky (
  campaign_id INTEGER NOT NULL, -- 0: for a destination
  key TEXT NOT NULL COLLATE NOCASE,
  number_id INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, key)
) WITHOUT ROWID;
CREATE TABLE token (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, -- of the token, which nobody keeps
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX number_resting ON number (pool_id, resting_until) WHERE resting_until > 0;
CREATE INDEX request_uniqueid ON request (uniqueid) WHERE uniqueid IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('number',7);
COMMIT;
