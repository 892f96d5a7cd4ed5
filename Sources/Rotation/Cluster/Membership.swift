internal import SQLite

/// What makes a store one dialer's in a cluster. Every call reads it with the settings.
package struct Membership: Equatable, Sendable {
  /// The dialer's name in the cluster.
  package let dialer: String
  /// Its right to the numbers that are leased to it; nil: it has none, and no number is given out.
  package var lease: DialerLease?

  /// The setting that holds it.
  static let key = "cluster"
  package static let mostCharacters = 64

  /// - Returns: nil unless the name has 1 to 64 letters and digits of ASCII, points, hyphens and underscores.
  package init?(dialer name: String) {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    guard isPlain, (1...Self.mostCharacters).contains(name.utf8.count) else { return nil }
    dialer = name
  }

  /// Reads `NAME` or `NAME BOOT RENEWED END`. What cannot be read is a membership without a lease: a store that has been a
  /// cluster's never gives out all of its numbers by mistake.
  init(_ text: String) {
    let words = text.words
    dialer = words.first ?? ""
    guard words.count == 4, let renewed = Int(words[2]), let end = Int(words[3]) else { return }
    lease = DialerLease(boot: words[1], renewedAt: renewed, endsAt: end)
  }

  /// - Returns: nil: the store is no cluster's.
  init?(in database: Database) throws {
    guard
      let text: String = try database.value("SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Self.key)
    else { return nil }
    self.init(text)
  }

  /// Makes a copy of a store a dialer's without a lease, which knows nothing of how far its dialer is: when it takes the
  /// store's place, what its dialer has done since is not in it.
  func endLease(of copy: Database) throws {
    try copy.execute("DELETE FROM cluster; UPDATE number SET lease = 0 WHERE lease IS NULL")
    try copy.run("INSERT OR REPLACE INTO setting (campaign_id, key, value) VALUES (0, ?, ?)", Self.key, dialer)
  }

  var text: String {
    guard let lease else { return dialer }
    return "\(dialer) \(lease.boot) \(lease.renewedAt) \(lease.endsAt)"
  }
}

/// A dialer's right to use the numbers that are leased to it, until a moment that no clock's setting moves.
package struct DialerLease: Equatable, Sendable {
  /// The start of the machine that the times are counted from; see `Uptime`.
  package let boot: String
  /// Seconds of uptime before the renewal was sent to the engine.
  package let renewedAt: Int
  /// Seconds of uptime.
  package let endsAt: Int

  package init(boot: String, renewedAt: Int, endsAt: Int) {
    self.boot = boot
    self.renewedAt = renewedAt
    self.endsAt = endsAt
  }

  package func holds(at uptime: Uptime?) -> Bool {
    guard let uptime else { return false }
    return uptime.boot == boot && uptime.seconds >= renewedAt && uptime.seconds < endsAt
  }

  /// After so many seconds without a renewal the engine is not asked within calls any more.
  package static let freshSeconds = 25

  func isFresh(at uptime: Uptime?) -> Bool {
    holds(at: uptime) && (uptime?.seconds ?? 0) - renewedAt < Self.freshSeconds
  }
}

extension Snapshot {
  var isClustered: Bool { memory.state.membership != nil }

  /// - Throws: `Refusal` if the store is one of a cluster's and its lease has ended: other dialers may have its numbers.
  func checkLease() throws {
    guard let membership = memory.state.membership else { return }
    guard let lease = membership.lease else {
      throw Refusal(.noneAvailable, "this dialer has no lease of its cluster's numbers yet")
    }
    guard lease.holds(at: uptime()) else {
      throw Refusal(
        .noneAvailable, "this dialer's lease of its numbers has ended: the cluster's engine was not reached")
    }
  }
}

extension Store {
  /// What makes the store at a path a cluster's; nil: it is none's, or cannot be read.
  static func membership(ofStoreAt path: String) -> Membership? {
    guard let database = try? Database(path: path, mode: .readOnly) else { return nil }
    defer { database.close() }
    return (try? Membership(in: database)).flatMap(\.self)
  }

  /// What makes this store one of a cluster's, as it was last read or written; nil: it is a single machine's.
  package var membership: Membership? { state.membership }
}

extension Transaction {
  package var membership: Membership? { memory.state.membership }

  /// Keeps what makes the store one of a cluster's; nil: it is a single machine's from here on.
  package func keep(_ membership: Membership?) throws {
    try keepSetting(Membership.key, ofCampaign: 0, membership?.text)
    memory.state.membership = membership
  }
}
