package import MariaDB
import Rotation

/// The cluster's engine, as one dialer or one operator's command asks it. Every line of its SQL is in this module.
///
/// It is used by one thread. What it throws is a `ClusterError`, or an `EngineError` where the engine was not reached.
package final class Engine {
  let connection: Connection

  package init(_ options: ConnectionOptions) throws(EngineError) {
    var options = options
    // Dialers that a node has gone away from find the next one soon.
    options.readTimeout = 5
    connection = try Connection(options)
  }

  /// Which node answers.
  package var host: String { connection.host.description }

  package func close() { connection.close() }

  /// The settings that every dialer of the cluster has to know.
  package struct Facts: Equatable, Sendable {
    package let generation: Int
    /// Whether dialers are still to say what they hold, because the engine was restored from a backup.
    package let isRecovering: Bool
    package let version: Int
    package let leaseSeconds: Int
  }

  /// - Throws: `noCluster` where nothing was made of it.
  package func facts() throws -> Facts {
    do {
      let facts = try connection.first(
        "SELECT generation, recovering, version, lease_seconds, migration FROM callerid_cluster WHERE id = 1"
      ) { row in
        let migration: Int = row[4]
        guard migration == EngineSchema.version else { throw ClusterError.newerSchema(migration) }
        return Facts(generation: row[0], isRecovering: row[1], version: row[2], leaseSeconds: row[3])
      }
      guard let facts else { throw ClusterError.noCluster }
      return facts
    } catch let error as EngineError where error.isMissingTable {
      throw ClusterError.noCluster
    }
  }
}

/// A dialer, as it knows itself in the cluster.
package struct DialerID: Equatable, Sendable {
  package let id: Int
  package let epoch: Int
  package let generation: Int

  package init(id: Int, epoch: Int, generation: Int) {
    self.id = id
    self.epoch = epoch
    self.generation = generation
  }
}

/// What keeps a dialer or an operator from what they want of the cluster.
package enum ClusterError: Error, Equatable, CustomStringConvertible {
  /// The engine has no tables of a cluster.
  case noCluster
  /// A newer program, or an older one, has made the tables.
  case newerSchema(Int)
  /// Others have taken this dialer's numbers away: it was silent for too long, or an operator has said so.
  case evicted
  /// The engine says other than it did before: it was restored from a backup.
  case engineIsOlder
  /// The dialer's own store is older than what it has told the engine.
  case storeIsOlder
  /// There is no such dialer.
  case unknownDialer(String)
  case refused(String)

  package var description: String {
    switch self {
    case .noCluster: "the engine's database has no cluster; make one with: callerid-admin cluster init"
    case .newerSchema(let version):
      "the cluster has tables of version \(version), this program needs \(EngineSchema.version); "
        + "install the same version on every dialer, and then run: callerid-admin cluster init"
    case .evicted: "this dialer was evicted: others have its numbers"
    case .engineIsOlder: "the engine has gone back to an earlier state"
    case .storeIsOlder: "this store is older than what its dialer has told the cluster"
    case .unknownDialer(let name): "the cluster has no dialer \(name)"
    case .refused(let reason): reason
    }
  }
}

extension Array where Element == String {
  /// `?, ?, ?` for so many values.
  static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
