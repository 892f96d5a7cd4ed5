internal import Glibc
internal import SQLite

/// When the regular work that cron starts was last done, as far as the store and its backups tell.
package struct LastUpkeep: Equatable, Sendable {
  /// When `maintain` last came to its end, in seconds since 1970-01-01 UTC; 0: not since `known`.
  package fileprivate(set) var maintainedAt = 0
  /// When the counters of hours that are over were last cleared, by `maintain` or by `reset-usage --past`; 0: not since
  /// `known`.
  package fileprivate(set) var clearedAt = 0
  /// When the store was made or last brought up to date, from when on it would be known.
  package fileprivate(set) var known = 0
  /// The newest backup in the folder beside the store, and when it was made; nil: there is none.
  package fileprivate(set) var backup: (name: String, at: Int)?

  package static func == (one: LastUpkeep, other: LastUpkeep) -> Bool {
    (one.maintainedAt, one.clearedAt, one.known) == (other.maintainedAt, other.clearedAt, other.known)
      && one.backup?.name == other.backup?.name && one.backup?.at == other.backup?.at
  }
}

/// What is noted of regular work: what cron does every night and every hour does not belong in the audit.
enum UpkeepMark: String {
  case maintained = "maintained_at"
  case cleared = "usage_cleared_at"

  /// In the table of settings, as the settings of no campaign: a call reads those of campaign 0 alone.
  static let owner = -1
}

extension Store {
  func mark(_ marks: UpkeepMark...) throws(StoreError) {
    try write { transaction in
      for mark in marks {
        try transaction.keepSetting(mark.rawValue, ofCampaign: UpkeepMark.owner, String(transaction.now))
      }
    }
  }

  package func lastUpkeep() throws(StoreError) -> LastUpkeep {
    var upkeep = try read { snapshot in
      func moment(of mark: UpkeepMark) throws -> Int {
        let kept: Int? = try snapshot.database.value(
          "SELECT CAST(value AS INTEGER) FROM setting WHERE campaign_id = ? AND key = ?", UpkeepMark.owner,
          mark.rawValue)
        return max(0, kept ?? 0)
      }
      var upkeep = LastUpkeep()
      upkeep.maintainedAt = try moment(of: .maintained)
      upkeep.clearedAt = try moment(of: .cleared)
      upkeep.known = try snapshot.database.value("SELECT max(applied_at) FROM migration") ?? 0
      return upkeep
    }
    upkeep.backup = Self.newestBackup(ofStore: path, in: Self.backupFolder(ofStore: path))
    return upkeep
  }

  /// The newest backup of a store in a folder; nil: there is none.
  static func newestBackup(ofStore path: String, in folder: String) -> (name: String, at: Int)? {
    guard Path.status(of: folder) != nil, let newest = try? backups(in: folder, ofStore: path).first else { return nil }
    return (newest, Path.status(of: folder + "/" + newest).map { $0.st_mtim.tv_sec } ?? 0)
  }

  /// Checks whether the nightly work is done.
  package func upkeepFinding() throws(StoreError) -> Finding {
    let (upkeep, now) = (try lastUpkeep(), clock.now())
    let hint = "cron, or something else, should run callerid-admin maintain every night; see docs/maintenance.md"
    guard upkeep.maintainedAt > 0 else {
      let hours = (now - upkeep.known) / 3600
      let text = "maintain has not run since the store was made or brought up to date"
      return hours < 48
        ? Finding(.ok, "upkeep", "\(text), \(hours) hours ago")
        : Finding(.warning, "upkeep", "\(text), \(hours / 24) days ago", hint: hint)
    }
    let hours = (now - upkeep.maintainedAt) / 3600
    guard hours >= 0 else {
      return Finding(
        .warning, "upkeep", "maintain last ran \(-hours) hours in the future: the clock was wrong then, or is now",
        hint: "Compare it with another clock, and let NTP keep it")
    }
    guard hours < 48 else {
      return Finding(.warning, "upkeep", "maintain last ran \(hours / 24) days ago", hint: hint)
    }
    let cleared = max(0, now - upkeep.clearedAt) / 3600
    return Finding(.ok, "upkeep", "maintain last ran \(hours) hours ago; past hours were cleared \(cleared) hours ago")
  }
}
