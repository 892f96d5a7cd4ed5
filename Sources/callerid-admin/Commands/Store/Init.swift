import ArgumentParser
import Foundation
import Rotation

struct Init: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Make the store and its folder, or bring an older store up to date.",
    discussion: """
      A store that is there keeps all it holds. The owner is the user that Asterisk runs as:
        callerid-admin init --owner asterisk:asterisk
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("Who the store belongs to.", valueName: "user[:group]")) var owner: String?

  func run() throws {
    // Whoever the store is to belong to is known before anything is made.
    let owner = try owner.map(Owner.init)
    if let owner, getuid() != 0, owner.user != getuid() {
      throw StoreError(.permission, "only root can give the store to another user", hint: "Run it with sudo")
    }
    let creation = try Store.create(path: storePath, owner: owner.map { ($0.user, $0.group) })
    switch creation {
    case .made: Terminal.print("\(storePath) is made; now: callerid-admin import FILE")
    case .upgraded(let schema): Terminal.print("\(storePath) is brought up to date from schema \(schema)")
    case .unchanged: Terminal.print("\(storePath) is there and up to date")
    }
    if creation == .made, owner == nil, getuid() == 0 {
      Terminal.note("it belongs to root; for Asterisk: callerid-admin init --owner asterisk:asterisk")
    }
  }
}
