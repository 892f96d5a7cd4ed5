import ArgumentParser
import Cluster
import Foundation
import Rotation

/// `--db`, which is understood both before and after the subcommand.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .customLong("db"),
    help: "The file of the store. (default: $CALLERID_DB, or else /var/lib/callerid/callerid.db)")
  var path: String?
}

/// A command that needs the path of the store.
protocol StoreLocating: ParsableCommand {
  var root: CalleridAdmin { get }
  var storeOptions: StoreOptions { get }
}

extension StoreLocating {
  var storePath: String {
    storeOptions.path ?? root.storeOptions.path ?? ProcessInfo.processInfo.environment["CALLERID_DB"]
      ?? "/var/lib/callerid/callerid.db"
  }
}

/// A command that needs a store which exists already.
protocol StoreCommand: StoreLocating {
  /// Whether it changes what all dialers of a cluster have to know.
  static var isForCluster: Bool { get }
  func run(on store: Store) throws
}

extension StoreCommand {
  static var isForCluster: Bool { false }
}

extension StoreCommand {
  func run() throws {
    // Only root may be able to read it.
    let file = Result { try ClusterFile(path: ClusterFileOption.usualPath) }
    try StoreUser.become(ownerOf: storePath)
    let store = try Store(path: storePath)
    store.keepForUndo()
    guard Self.isForCluster, store.membership != nil else { return try run(on: store) }
    // Where the others cannot hear of it nothing is changed.
    let engine = try ClusterReach.telling { try Engine(file.get().engine) }
    defer {
      do { try ClusterBooks.tell(of: store, to: engine) } catch {
        Terminal.note("the other dialers will hear of it when the cluster's engine answers again: \(error)")
      }
    }
    try run(on: store)
  }
}
