import Foundation
import Rotation

extension StoreUser {
  /// Why a file could not be opened, for an operator who has started the command as root and whose command has become
  /// another user.
  static func hint(for error: StoreError) -> String? {
    guard geteuid() != 0, error.message.contains(String(cString: strerror(EACCES))) else { return nil }
    let account = Owner(user: geteuid()).account
    return
      "The command runs as \(account.name), the owner of the store. Choose a folder that \(account.name) may use, or "
      + "give a file to be read on standard input: - < FILE"
  }
}
