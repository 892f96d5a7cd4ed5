internal import SQLite

/// The names of a report's groups. Each is looked up once.
struct GroupNames {
  let grouping: Grouping
  fileprivate var known: [String: String?] = [:]

  init(_ grouping: Grouping) { self.grouping = grouping }
}

extension Grouping {
  /// The column of the request log, in the words of `Snapshot.tallySQL`.
  var column: String {
    switch self {
    case .number, .pool, .carrier: "number"
    case .area, .region: "area"
    case .campaign, .agent, .hour: rawValue
    }
  }
}

extension Snapshot {
  /// - Parameter key: the value of the grouping's column; nil: the requests have none.
  func name(ofGroup key: String?, _ names: inout GroupNames) throws -> String? {
    guard var key else { return nil }
    switch names.grouping {
    case .area, .region:
      if key.hasPrefix(">") {
        guard let code = areaCode(ofLogged: String(key.dropFirst())) else { return nil }
        key = code
      }
      if names.grouping == .area { return key }
    case .hour:
      let hour = settings.calendar.local((Int(key) ?? 0) * 900).hour
      return hour.twoDigits + ":00"
    case .number, .pool, .carrier, .campaign, .agent: break
    }
    if let name = names.known[key] { return name }
    let name = try lookUp(key, names.grouping)
    names.known[key] = .some(name)
    return name
  }

  /// The area code of a destination as the log has it.
  func areaCode(ofLogged destination: String) -> String? {
    Destination(
      destination, prefixes: [settings.stripPrefix], countryCode: settings.countryCode,
      internationalPrefix: settings.internationalPrefix)?.areaCode
  }

  /// Nil for what has been removed since.
  private func lookUp(_ key: String, _ grouping: Grouping) throws -> String? {
    let id = Int(key) ?? 0
    switch grouping {
    case .number: return try database.value("SELECT written FROM number WHERE id = ?", id)
    case .pool:
      return try database.value("SELECT name FROM pool WHERE id = (SELECT pool_id FROM number WHERE id = ?)", id)
    case .carrier:
      return try database.value("SELECT name FROM carrier WHERE id = (SELECT carrier_id FROM number WHERE id = ?)", id)
    case .campaign: return try database.value("SELECT name FROM campaign WHERE id = ?", id)
    case .agent: return try database.value("SELECT name FROM agent WHERE id = ?", id)
    case .region: return Region.of(areaCode: key)?.code
    case .area, .hour: return key
    }
  }
}
