internal import SQLite

/// What has a name in the store, by which somebody asks for it.
package enum NamedThing: String, Sendable { case pool, carrier, campaign, agent, token }

extension Snapshot {
  /// All names of a kind, in order.
  func names(of thing: NamedThing) throws -> [String] {
    let query: StaticString =
      switch thing {
      case .pool: "SELECT name FROM pool ORDER BY name"
      case .carrier: "SELECT name FROM carrier ORDER BY name"
      case .campaign: "SELECT name FROM campaign ORDER BY name"
      case .agent: "SELECT name FROM agent ORDER BY name"
      case .token: "SELECT name FROM token ORDER BY name"
      }
    return try database.all(query) { $0[0] }
  }
}

extension Store {
  package func names(of thing: NamedThing) throws(StoreError) -> [String] { try read { try $0.names(of: thing) } }

  /// What to tell somebody who looks for what nothing in the store has the name of, and may have meant another name; nil
  /// where it is known, or nothing is near.
  package func doubt(about name: String, of thing: NamedThing) throws(StoreError) -> String? {
    let known = try names(of: thing)
    guard !known.contains(where: { $0.isSameName(as: name) }), let nearest = name.nearest(among: known) else {
      return nil
    }
    return "there is no \(thing.rawValue) \(name); did you mean \(nearest)?"
  }
}
