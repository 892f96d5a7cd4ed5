internal import SQLite

/// What operators have decided besides numbers: a setting, a campaign's settings, an agent's limit, a token.
package struct ClusterItem: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    // In the order in which they are carried out.
    case setting, agent, token, campaign

    package var note: ClusterNote {
      switch self {
      case .setting: .setting
      case .campaign: .campaign
      case .agent: .agent
      case .token: .token
      }
    }
  }

  package let kind: Kind
  package let name: String
  /// As the kind is written; nil: the default, or gone.
  package let value: String?

  package init(_ kind: Kind, _ name: String, _ value: String?) {
    self.kind = kind
    self.name = name
    self.value = value
  }
}

extension Snapshot {
  /// What is decided here.
  package func item(_ kind: ClusterItem.Kind, _ name: String) throws -> ClusterItem {
    ClusterItem(kind, name, try value(kind, name))
  }

  private func value(_ kind: ClusterItem.Kind, _ name: String) throws -> String? {
    switch kind {
    case .setting:
      return try database.value("SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", name)
    case .campaign:
      guard let settings = try CallerText(name).map({ try campaign($0).settings }), !settings.isEmpty else {
        return nil
      }
      return ClusterText.text(settings.map { ($0.key.rawValue, $0.value) })
    case .agent:
      guard let limit = try CallerText(name).flatMap({ try agent($0).callsPerMinute }) else { return nil }
      return Limit.text(limit.calls)
    case .token:
      return try database.first("SELECT role, hash, created_at FROM token WHERE name = ?", name) {
        ClusterText.text([("role", $0[0]), ("hash", $0[1]), ("created_at", $0[2])])
      }
    }
  }

  /// All that is decided here, other than the defaults.
  package func items() throws -> [ClusterItem] {
    var items: [ClusterItem] = []
    for setting in Setting.allCases { items.append(try item(.setting, setting.rawValue)) }
    for name in try names(of: .campaign) { items.append(try item(.campaign, name)) }
    for name in try names(of: .agent) { items.append(try item(.agent, name)) }
    for name in try names(of: .token) { items.append(try item(.token, name)) }
    return items.filter { $0.value != nil }
  }
}

extension Store {
  /// Carries out what other dialers' operators have decided. What cannot be here (a time zone that this machine does not
  /// know, a campaign of a pool that it has not heard of yet) is told and left.
  ///
  /// - Returns: what was left, for people.
  package func follow(_ items: [ClusterItem]) throws(StoreError) -> [String] {
    isFollowing = true
    defer { isFollowing = false }
    var left: [String] = []
    for kind in ClusterItem.Kind.allCases {
      for item in items where item.kind == kind {
        do throws(StoreError) {
          try follow(item)
        } catch {
          guard error.isOfRequest else { throw error }
          left.append("\(item.kind.rawValue) \(item.name): \(error.message)")
        }
      }
    }
    return left
  }

  private func follow(_ item: ClusterItem) throws(StoreError) {
    let isDone = try read { snapshot in
      try snapshot.item(item.kind, item.name) == item || snapshot.isToBeTold(item.kind.note, item.name)
    }
    if isDone { return }
    switch item.kind {
    case .setting: try set(Setting(key: item.name), to: item.value)
    case .agent:
      guard let name = CallerText(item.name) else { return }
      var limit: Limit?
      if let value = item.value { limit = try Limit(value, name: "calls_per_minute") }
      try setCallsPerMinute(limit, of: name)
    case .campaign:
      guard let name = CallerText(item.name) else { return }
      let told = ClusterText.read(item.value ?? "")
      _ = try set(
        CampaignSetting.allCases.map { setting in (setting, told.first { $0.name == setting.rawValue }?.value) },
        of: name)
    case .token:
      let told = ClusterText.read(item.value ?? "")
      let values = ["role", "hash", "created_at"].map { name in told.first { $0.name == name }?.value }
      try write { transaction in
        try transaction.database.run("DELETE FROM token WHERE name = ?", item.name)
        guard item.value != nil else { return }
        try transaction.database.run(
          "INSERT INTO token (name, role, hash, created_at) VALUES (?, ?, ?, ?)", item.name, values[0], values[1],
          Int(values[2] ?? ""))
      }
    }
  }
}
