internal import SQLite

/// One state of the store, as it was at one moment, whatever others write meanwhile.
///
/// It is made when a transaction begins and ends with it, so nothing that it has read is used after the store may have
/// changed.
package class Snapshot {
  let database: Database
  /// When the transaction began, in seconds since 1970-01-01 UTC: the one time that all of its rules use.
  package let now: Int
  /// The settings and the schema's state, as read; the store takes them over when the transaction is committed.
  var memory: Memory

  struct Memory {
    var state: StoreState
    /// The pools and carriers that were looked up so far.
    var pools: [Pool] = []
    var carriers: [Carrier] = []
    /// The campaigns and agents whose calls the transaction has answered so far.
    var campaigns: [Campaign] = []
    var agents: [Agent] = []
    /// By how many numbers each pool has grown, by the pool's ID.
    var growth: [Int: Int] = [:]
  }

  /// The machine's uptime, which only stores of a cluster ask for.
  let uptime: @Sendable () -> Uptime?

  init(of database: Database, by clock: Clock, state: StoreState) {
    self.database = database
    now = clock.now()
    uptime = clock.uptime
    memory = Memory(state: state)
  }

  package var settings: Settings { memory.state.settings }

  /// The time and the settings that the rules use.
  package private(set) lazy var moment = Moment(now: now, settings: settings)
}

/// What the store keeps about itself, apart from numbers and calls.
struct StoreState {
  var settings = Settings()
  /// The time, to a minute, at which a number was last moved to its place in its lanes.
  var latestTime = 0
  /// Whether numbers are still to be re-sorted.
  var isResorting = false
  /// What makes the store one of a cluster's; nil: it is a single machine's.
  var membership: Membership?
}

extension StoreState {
  init(of database: Database) throws {
    var state = StoreState()
    try database.each("SELECT key, value FROM setting WHERE campaign_id = 0") { row in
      switch row[0] as String {
      case Transaction.latestTimeKey: state.latestTime = row[1]
      case Transaction.resortedToKey: state.isResorting = true
      case Membership.key: state.membership = Membership(row[1])
      case let key:
        // An unknown key, or a value that makes no sense, leaves the default in force.
        if let setting = Setting(rawValue: key) { try? setting.set(row[1], in: &state.settings) }
      }
    }
    self = state
  }
}
