import ArgumentParser
import Foundation
import Rotation

struct Init: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Create the store and its folder, or bring an older store up to date.",
    discussion: """
      A store that exists keeps everything in it. The owner should be the user that Asterisk runs as:
        callerid-admin init --owner asterisk:asterisk
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("The user, and the group, that the store is to belong to.", valueName: "user[:group]"))
  var owner: String?

  func run() throws {
    // The owner is checked before anything is created.
    let owner = try owner.map(Owner.init)
    if let owner, getuid() != 0, owner.user != getuid() {
      throw StoreError(.permission, "only root can give the store to another user", hint: "Run it with sudo")
    }
    if let owner, getuid() == 0 {
      // Root gives the files away before anything in them is opened, and is then their owner.
      try Store.prepareFiles(path: storePath, owner: owner)
      try StoreUser.become(owner.account)
    }
    try StoreUser.become(ownerOf: storePath)
    let creation = try Store.create(path: storePath)
    switch creation {
    case .made: Terminal.print("\(storePath) is created. Next: callerid-admin import FILE")
    case .upgraded(let schema): Terminal.print("\(storePath) is brought up to date from schema \(schema)")
    case .unchanged: Terminal.print("\(storePath) exists and is up to date")
    }
    if creation == .made, owner == nil, getuid() == 0 {
      Terminal.note(
        "the store belongs to root. If Asterisk runs as another user, run: "
          + "callerid-admin init --owner asterisk:asterisk"
      )
    }
  }
}
