internal import Glibc
internal import SQLite

/// A state of the store that is being changed: one `BEGIN IMMEDIATE` transaction under the store's lock.
///
/// What it has read and what it must still do at its end belong to it, and are discarded when it is rolled back.
package final class Transaction: Snapshot {
  /// Who asked for it.
  let author: Author
  /// What it does, to be taken back; nil where nobody keeps that.
  var notes: [UndoRecord]?
  /// The audit's entry that it has begun.
  var entry: AuditEntry?

  /// Whether it carries out what the cluster has told, which the cluster need not be told again.
  let isFollowing: Bool

  init(of database: Database, by clock: Clock, state: StoreState, author: Author, isFollowing: Bool) {
    self.author = author
    self.isFollowing = isFollowing
    super.init(of: database, by: clock, state: state)
  }

  /// Runs `body` as a part of the transaction. If it throws, what it has written is undone and the other
  /// parts are kept, so that the failure of one request does not undo others.
  ///
  /// - Returns: what `body` returned, or the reason for which it was undone.
  /// - Throws: if the failure has ended the whole transaction, as a full disk may.
  package func part<Result>(_ body: () throws -> Result) throws(StoreError) -> Swift.Result<Result, StoreError> {
    let before = memory
    do {
      return .success(try database.part(body))
    } catch {
      memory = before
      let error = StoreError(error)
      guard database.isInTransaction else { throw error }
      return .failure(error)
    }
  }

  /// The last step before the transaction is committed.
  func finish() throws {
    if !memory.growth.isEmpty { try saveGrowth() }
    try saveCallers()
  }

  /// Keeps a setting of the store (campaign 0) or of a campaign; nil removes it.
  func keepSetting(_ key: String, ofCampaign id: Int, _ value: String?) throws {
    guard let value else {
      return try database.run("DELETE FROM setting WHERE campaign_id = ? AND key = ?", id, key)
    }
    try database.run("INSERT OR REPLACE INTO setting (campaign_id, key, value) VALUES (?, ?, ?)", id, key, value)
  }
}

/// Who asks for a transaction, as the audit names them.
package enum Author: Sendable {
  /// The user who runs this program, before sudo where there was one.
  case user
  /// Somebody else whom the program acts for.
  case named(CallerText)

  var name: String {
    if case .named(let name) = self { return name.text }
    for variable in ["SUDO_USER", "LOGNAME", "USER"] {
      if let name = getenv(variable), let label = CallerText(String(cString: name), maximumLength: 256) {
        return label.text
      }
    }
    return "uid \(getuid())"
  }
}
