internal import Glibc

/// A user and a group, by name or number.
package struct Owner: Equatable, Sendable {
  package let user: UInt32
  package let group: UInt32

  /// - Parameter text: `user` or `user:group`. Without a group, it is the user's own.
  /// - Throws: `refused` for a user or a group that does not exist.
  package init(_ text: String) throws(StoreError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
    let account = Self.account(named: parts[0])
    guard let user = account?.user ?? Self.number(parts[0]) else {
      throw StoreError(
        .refused, "there is no user \"\(parts[0])\"",
        hint: "Give the user that Asterisk runs as, such as asterisk:asterisk")
    }
    self.user = user
    guard parts.count > 1 else {
      group = account?.group ?? user
      return
    }
    guard let group = Self.group(named: parts[1]) ?? Self.number(parts[1]) else {
      throw StoreError(
        .refused, "there is no group \"\(parts[1])\"", hint: "Give a group that the user of Asterisk is a member of")
    }
    self.group = group
  }

  // fgetpwent(3) and fgetgrent(3) read the files directly. getpwnam(3) loads the machine's name services, which a
  // static program cannot do: it crashes for an unknown name.

  private static func account(named name: String) -> (user: UInt32, group: UInt32)? {
    account { String(cString: $0.pw_name) == name }.map { ($0.user, $0.group) }
  }

  private static func account(
    where matches: (passwd) -> Bool
  ) -> (name: String, user: UInt32, group: UInt32)? {
    guard let file = fopen("/etc/passwd", "re") else { return nil }
    defer { fclose(file) }
    while let entry = fgetpwent(file)?.pointee {
      if matches(entry) { return (String(cString: entry.pw_name), entry.pw_uid, entry.pw_gid) }
    }
    return nil
  }

  private static func group(named name: String) -> UInt32? {
    guard let file = fopen("/etc/group", "re") else { return nil }
    defer { fclose(file) }
    while let entry = fgetgrent(file) {
      if String(cString: entry.pointee.gr_name) == name { return entry.pointee.gr_gid }
    }
    return nil
  }

  /// The user with all of the groups that it is a member of.
  package var account: Account {
    let known = Self.account { $0.pw_uid == user }
    let name = known?.name ?? String(user)
    return Account(name: name, user: user, groups: [group] + Self.groups(with: name))
  }

  /// - Parameter group: nil for the user's own group.
  package init(user: UInt32, group: UInt32? = nil) {
    self.user = user
    self.group = group ?? Self.account { $0.pw_uid == user }?.group ?? user
  }

  private static func groups(with member: String) -> [UInt32] {
    guard let file = fopen("/etc/group", "re") else { return [] }
    defer { fclose(file) }
    var groups: [UInt32] = []
    while let entry = fgetgrent(file)?.pointee {
      var name = entry.gr_mem
      while let text = name?.pointee {
        if String(cString: text) == member { groups.append(entry.gr_gid) }
        name = name?.advanced(by: 1)
      }
    }
    return groups
  }

  /// The highest number is not a user or a group: chown(2) takes it to mean "do not change".
  private static func number(_ text: String) -> UInt32? {
    UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }
}
