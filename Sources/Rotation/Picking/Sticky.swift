internal import SQLite

/// The destination or agent that gets the same number again.
struct StickyKey {
  /// 0: the key is of a destination, and is shared by all campaigns.
  let campaignID: Int
  let text: String

  init?(_ stickiness: Stickiness, destination: Destination, campaign: Campaign?, agent: CallerText?) {
    switch stickiness {
    case .off: return nil
    case .destination:
      campaignID = 0
      text = destination.key
    case .agent:
      guard let campaign, let agent else { return nil }
      campaignID = campaign.id
      text = agent.text
    }
  }
}

extension Snapshot {
  /// The number that the key is to get again.
  func stickyNumber(for key: StickyKey) throws -> Number? {
    let id: Int? = try database.value(
      "SELECT number_id FROM sticky WHERE campaign_id = ? AND key = ? AND until > ?",
      key.campaignID, key.text, now)
    return try id.flatMap { try number(id: $0) }
  }
}

extension Transaction {
  func stick(_ number: Number, to key: StickyKey, until: Int) throws {
    try database.run(
      "INSERT OR REPLACE INTO sticky (campaign_id, key, number_id, until) VALUES (?, ?, ?, ?)",
      key.campaignID, key.text, number.id, until)
  }
}
