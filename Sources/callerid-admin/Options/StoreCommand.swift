import ArgumentParser
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
  func run(on store: Store) throws
}

extension StoreCommand {
  func run() throws {
    try StoreUser.become(ownerOf: storePath)
    let store = try Store(path: storePath)
    store.keepForUndo()
    try run(on: store)
  }
}
