import Foundation
import Rotation

/// Root serves nobody else: what runs as root on files of another user would do with root's rights what that user has
/// prepared, such as deleting a file that a journal names or writing through a link. So a command that is about to open a
/// store becomes the user that the store belongs to, for good.
enum StoreUser {
  /// Becomes the owner of a store, if this process runs as root and the store, or its folder, is another user's.
  ///
  /// - Throws: `permission` if that is not possible, or if somebody other than root may write in the folder of a store
  ///   of root's.
  static func become(ownerOf path: String) throws {
    guard geteuid() == 0 else { return }
    try Store.checkOwner(ofStore: path)
    guard let owner = try owner(of: path) else { return }
    try become(owner.account)
  }

  /// Gives up root's rights for good: for root, setuid(2) and setgid(2) set the real, the effective and the saved ID.
  static func become(_ account: Account) throws {
    let group = account.groups[0]
    guard setgroups(account.groups.count, account.groups) == 0, setgid(group) == 0,
      setuid(account.user) == 0, account.user == 0 || setuid(0) != 0
    else {
      throw StoreError(
        .permission, "cannot become \(account.name), whom the store belongs to: \(String(cString: strerror(errno)))",
        hint: "Run the command as that user: sudo -u \(account.name) callerid-admin …")
    }
  }

  /// Why a file could not be opened, for an operator who has started the command as root and whose command has become
  /// another user.
  static func hint(for error: StoreError) -> String? {
    guard geteuid() != 0, error.message.contains(String(cString: strerror(EACCES))) else { return nil }
    let account = Owner(user: geteuid()).account
    return
      "The command runs as \(account.name), the owner of the store. Choose a folder that \(account.name) may use, or "
      + "give a file to be read on standard input: - < FILE"
  }

  /// - Returns: nil if all is root's.
  private static func owner(of path: String) throws -> Owner? {
    let folder = folder(ofStore: path)
    guard let directory = status(folder, followingLinks: true) else { return nil }
    let store = status(path, followingLinks: false)
    if let store, store.st_uid != 0 { return Owner(user: store.st_uid) }
    if directory.st_uid != 0 { return Owner(user: directory.st_uid) }
    // Whoever may write here may put a journal beside the store.
    if store != nil, directory.othersThanRootMayWrite, directory.st_mode & S_ISVTX == 0 {
      throw StoreError(
        .permission, "others than root may write in \(folder), where a store of root's lies",
        hint: "Give the store to Asterisk's user with: callerid-admin init --owner USER, or run: chmod go-w \(folder)")
    }
    return nil
  }

  static func folder(ofStore path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  private static func status(_ path: String, followingLinks: Bool) -> stat? {
    var status = stat()
    return (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 ? status : nil
  }
}

extension stat {
  /// Whether the mode lets somebody write who is neither the owner nor in root's group.
  var othersThanRootMayWrite: Bool { st_mode & (S_IWOTH | (st_gid == 0 ? 0 : S_IWGRP)) != 0 }
}
