import Access
import Foundation
import Rotation
import Synchronization

/// Who is logged in at the page.
final class SessionKeeper: Sendable {
  private let key: SessionKey
  /// The names of sessions that have logged out, and when they would have ended.
  private let ended = Mutex<[String: Int]>([:])

  /// With systemd's runtime folder, which stays when the service is started again, those who are logged in stay so; else
  /// the key is forgotten with the process.
  init(folder: String? = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]) {
    guard let folder, !folder.isEmpty else {
      key = SessionKey()
      return
    }
    let path = folder + "/session-key"
    if let data = FileManager.default.contents(atPath: path), let kept = SessionKey(bytes: Array(data)) {
      key = kept
    } else {
      key = SessionKey()
      // Where it cannot be kept, people log in again after the next start.
      _ = FileManager.default.createFile(
        atPath: path, contents: Data(key.bytes), attributes: [.posixPermissions: 0o600])
    }
  }

  func cookie(of token: Token) -> String { key.cookie(of: token, at: Int(time(nil))) }

  func session(of cookie: String, among tokens: [Token]) -> SessionKey.Session? {
    guard let session = key.session(of: cookie, among: tokens, at: Int(time(nil))) else { return nil }
    return isOpen(session) ? session : nil
  }

  func isOpen(_ session: SessionKey.Session) -> Bool {
    session.end > Int(time(nil)) && ended.withLock { $0[session.name] == nil }
  }

  func end(_ session: SessionKey.Session) {
    let now = Int(time(nil))
    ended.withLock { ended in
      ended = ended.filter { $0.value > now }
      ended[session.name] = session.end
    }
  }
}
