import Foundation
import Rotation

/// A user and a group, by name or number.
struct Owner {
  let user: UInt32
  let group: UInt32

  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let account = Self.account(named: parts[0])
    guard let user = account?.user ?? Self.number(parts[0]) else {
      throw StoreError(.refused, "there is no user \"\(parts[0])\"", hint: "Give the user that Asterisk runs as")
    }
    self.user = user
    guard parts.count > 1 else {
      group = account?.group ?? user
      return
    }
    guard let group = Self.group(named: parts[1]) ?? Self.number(parts[1]) else {
      throw StoreError(.refused, "there is no group \"\(parts[1])\"", hint: "Give a group that Asterisk's user is in")
    }
    self.group = group
  }

  // fgetpwent(3) and fgetgrent(3) read the files themselves. getpwnam(3) would load the machine's name services, which a
  // static program cannot: for an unknown name it crashes.

  private static func account(named name: String) -> (user: UInt32, group: UInt32)? {
    guard let file = fopen("/etc/passwd", "re") else { return nil }
    defer { fclose(file) }
    while let entry = fgetpwent(file) {
      if String(cString: entry.pointee.pw_name) == name { return (entry.pointee.pw_uid, entry.pointee.pw_gid) }
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

  /// The highest number is no one's: chown(2) reads it as "leave it as it is".
  private static func number(_ text: String) -> UInt32? {
    UInt32(text).flatMap { $0 == .max ? nil : $0 }
  }
}
