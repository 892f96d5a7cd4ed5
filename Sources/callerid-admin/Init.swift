import ArgumentParser
import Foundation
import Rotation

struct Init: StoreCommand {
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
    let owner = try owner.map(Owner.init)
    let existed = FileManager.default.fileExists(atPath: storePath)
    try Store.create(path: storePath, owner: owner.map { ($0.user, $0.group) })
    Terminal.print(existed ? "\(storePath) is up to date" : "\(storePath) is made; now: callerid-admin import FILE")
    if owner == nil, !existed, getuid() == 0 {
      Terminal.note("it belongs to root; where Asterisk runs as another user: callerid-admin init --owner USER:GROUP")
    }
  }

  func run(on store: Store) {}
}

/// A user and a group, by name or number.
struct Owner {
  let user: UInt32
  let group: UInt32

  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let entry = getpwnam(parts[0])
    guard let user = entry?.pointee.pw_uid ?? UInt32(parts[0]) else {
      throw StoreError(.refused, "there is no user \"\(parts[0])\"", hint: "Give the user that Asterisk runs as")
    }
    self.user = user
    if parts.count > 1 {
      guard let group = getgrnam(parts[1])?.pointee.gr_gid ?? UInt32(parts[1]) else {
        throw StoreError(.refused, "there is no group \"\(parts[1])\"")
      }
      self.group = group
    } else {
      group = entry?.pointee.pw_gid ?? user
    }
  }
}
