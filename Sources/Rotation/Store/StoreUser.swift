internal import Glibc

/// Root serves nobody else: what runs as root on files of another user would do with root's rights what that user has
/// prepared, such as deleting a file that a journal names or writing through a link. So a program that is about to open a
/// store becomes the user that the store belongs to, for good.
package enum StoreUser {
  /// Becomes the owner of a store, if this process runs as root and the store, or its folder, is another user's.
  ///
  /// - Throws: `permission` if that is not possible, or if somebody other than root may change what lies at the path of a
  ///   store of root's.
  package static func become(ownerOf path: String) throws(StoreError) {
    guard geteuid() == 0, let owner = try owner(of: path) else { return }
    try become(owner.account)
  }

  /// Gives up root's rights for good: for root, setuid(2) and setgid(2) set the real, the effective and the saved ID.
  package static func become(_ account: Account) throws(StoreError) {
    let group = account.groups[0]
    guard setgroups(account.groups.count, account.groups) == 0, setgid(group) == 0,
      setuid(account.user) == 0, account.user == 0 || setuid(0) != 0
    else {
      throw .system(
        "cannot become \(account.name), whom the store belongs to",
        hint: "Run the command as that user: sudo -u \(account.name) callerid-admin …")
    }
  }

  /// - Returns: nil if all is root's.
  private static func owner(of path: String) throws(StoreError) -> Owner? {
    guard let folder = try Folder.ifThere(Path.folder(of: path)) else {
      // It would be made in the first folder above that is there.
      var above = Path.folder(of: path)
      while above != "/", above != "." {
        above = Path.folder(of: above)
        if let folder = try Folder.ifThere(above) { return folder.isForeign ? try refuse(path) : nil }
      }
      return nil
    }
    let directory = try folder.status()
    let store = folder.status(of: Path.name(of: path))
    if let store {
      guard Store.isTrusted(store, in: directory) else { throw Store.foreign(store, at: path) }
      if store.st_uid != 0 { return Owner(user: store.st_uid) }
    }
    if directory.st_uid != 0 { return Owner(user: directory.st_uid) }
    return folder.isForeign ? try refuse(path) : nil
  }

  /// Whoever may write in the folder of a store, or above it, may put a journal beside it, or another one in its place.
  private static func refuse(_ path: String) throws(StoreError) -> Owner {
    throw StoreError(
      .permission, "others than root may write in \(Path.folder(of: path)) or above it, where a store of root's lies",
      hint: "Give the store to Asterisk's user with: callerid-admin init --owner USER, or run: chmod go-w FOLDER")
  }
}
