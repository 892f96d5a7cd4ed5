internal import SQLite

/// One state of the store, as it was at one moment, whatever others write meanwhile.
///
/// It is made when a transaction begins and ends with it: nothing that it has read outlives the state that it was read
/// from.
package class Snapshot {
  let database: Database
  /// When the transaction began, in seconds since 1970-01-01 UTC: the one time that all of it goes by.
  package let now: Int
  /// What it has read of the store, and says of it once it is committed.
  var memory: Memory

  struct Memory {
    var state: StoreState
    /// Those that were looked up so far.
    var pools: [Pool] = []
    var carriers: [Carrier] = []
    /// By how many numbers each pool has grown, by the pool's ID.
    var growth: [Int: Int] = [:]
  }

  init(of database: Database, at now: Int, state: StoreState) {
    self.database = database
    self.now = now
    memory = Memory(state: state)
  }

  package var settings: Settings { memory.state.settings }

  /// What the rules judge by.
  package private(set) lazy var moment = Moment(now: now, settings: settings)
}

/// What the store holds of itself, beside numbers and calls.
struct StoreState {
  var settings = Settings()
  /// How late it was, to a minute, when a number was last moved to its place in its lanes.
  var latestTime = 0
  /// Whether numbers are still to be re-sorted.
  var isResorting = false
}

extension StoreState {
  init(of database: Database) throws {
    var state = StoreState()
    try database.each("SELECT key, value FROM setting WHERE campaign_id = 0") { row in
      switch row[0] as String {
      case Transaction.latestTimeKey: state.latestTime = row[1]
      case Transaction.resortedToKey: state.isResorting = true
      case let key:
        // A key of another version, or a value changed by hand into nonsense, leaves the default in force.
        if let setting = Setting(rawValue: key) { try? setting.set(row[1], in: &state.settings) }
      }
    }
    self = state
  }
}
