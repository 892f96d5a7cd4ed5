internal import SQLite

/// Re-sorting: moving every number to its place in its lanes, after a setting has changed that the rules judge by, the
/// clock was set back, or a campaign has got lanes of its own.
///
/// A few numbers are moved in each transaction, so that no call waits for it. The store keeps how far it got. If it is
/// interrupted, the next operator's command goes on with it, and every call until then does a little of it. Calls are
/// right also before it is finished, because each number is judged again when it is picked.
extension Transaction {
  /// The setting that holds the ID of the last number that was re-sorted.
  static var resortedToKey: String { "refiled_to" }

  /// To be called in the transaction of the change.
  func noteResorting() throws {
    try keepSetting(Self.resortedToKey, ofCampaign: 0, "0")
    memory.state.isResorting = true
  }

  /// Re-sorts the next `count` numbers.
  ///
  /// - Parameter lanes: it stops where these numbers stand in more lanes.
  /// - Returns: whether there are more.
  @discardableResult
  func resort(_ count: Int, lanes most: Int = .max) throws -> Bool {
    guard var last = try resortedTo() else {
      memory.state.isResorting = false
      return false
    }
    var lanes = 0
    for _ in 0..<count where lanes < most {
      guard var number = try number(after: last) else {
        try noteFilledLanes(upTo: nil)
        try keepSetting(Self.resortedToKey, ofCampaign: 0, nil)
        memory.state.isResorting = false
        return false
      }
      last = number.id
      lanes += number.laneBound.lanes
      try moveToItsPlace(&number)
      try fillLanes(with: number)
    }
    try noteFilledLanes(upTo: last)
    try keepSetting(Self.resortedToKey, ofCampaign: 0, String(last))
    return true
  }

  private func resortedTo() throws -> Int? {
    let text: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Self.resortedToKey)
    return text.flatMap { Int($0) }
  }
}

extension Store {
  /// Re-sorts all numbers that are still to be re-sorted, if there are any.
  func finishResorting() throws(StoreError) {
    guard try read({ $0.memory.state.isResorting || $0.clockWasSetBack }) else { return }
    try inSteps { try $0.resort($1) ? $1 : 0 }
  }
}
