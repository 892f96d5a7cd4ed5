internal import SQLite

/// Looking at some campaigns and agents of very many: a dialplan may give each call another name.
extension Store {
  /// The campaigns that the operator has decided something for, and those with some names, by name.
  package func campaigns(configuredOrNamed names: some Sequence<String>) throws(StoreError) -> [Campaign] {
    try read { snapshot in
      let configured: [String] = try snapshot.database.all(Snapshot.configuredCampaignsSQL) { $0[0] }
      return try snapshot.known(Set(configured).union(names), snapshot.campaign).filter { $0.id != 0 }
    }
  }

  /// The agents with some names, by name.
  package func agents(named names: some Sequence<String>) throws(StoreError) -> [Agent] {
    try read { try $0.known(Set(names), $0.agent).filter { $0.id != 0 } }
  }
}

extension Snapshot {
  fileprivate func known<Caller>(_ names: Set<String>, _ find: (CallerText) throws -> Caller) throws -> [Caller] {
    try names.sorted().compactMap { CallerText($0) }.map(find)
  }

  /// From the settings, which are few, to the campaigns: `CROSS` keeps SQLite from turning that round.
  static let configuredCampaignsSQL: StaticString = """
    SELECT name FROM setting CROSS JOIN campaign ON id = campaign_id WHERE campaign_id > 0
    UNION SELECT name FROM campaign WHERE dial_prefix > ''
    """
}
