import Access
import Foundation
import Rotation
import Synchronization

/// Who is logged in at the page.
///
/// With systemd's runtime folder, which stays when the service is started again, those who are logged in stay so, and those
/// who have logged out stay that as well. Without it the key is forgotten with the process, and every cookie with it.
final class SessionKeeper: Sendable {
  /// The name of the cookie. Browsers send a cookie to every port of a host: whoever reaches two servers through one, as
  /// through tunnels of SSH, stays logged in at both.
  let cookieName: String
  private let key: SessionKey
  private let folder: String?
  /// The names of sessions that have logged out, and when they would have ended.
  private let ended: Mutex<[String: Int]>

  private static let keyFile = "/session-key"
  private static let endedFile = "/ended-sessions"

  /// - Parameter path: of the store.
  init(ofStore path: String, folder: String? = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]) {
    cookieName = "callerid_session_" + Self.mark(of: ProcessInfo.processInfo.hostName + path)
    guard let folder, !folder.isEmpty else {
      key = SessionKey()
      self.folder = nil
      ended = Mutex([:])
      return
    }
    self.folder = folder
    let read = Self.read(folder + Self.endedFile)
    ended = Mutex(read ?? [:])
    if read != nil, let data = FileManager.default.contents(atPath: folder + Self.keyFile),
      let kept = SessionKey(bytes: Array(data))
    {
      key = kept
    } else {
      key = SessionKey()
      // Where it cannot be kept, people log in again after the next start.
      _ = Self.write(Data(key.bytes), to: folder + Self.keyFile)
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
      guard let folder else { return }
      let lines = ended.map { "\($0.key) \($0.value)\n" }.sorted().joined()
      if Self.write(Data(lines.utf8), to: folder + Self.endedFile) { return }
      // Nobody is to come back with a cookie that was given up, so the next start ends all sessions.
      try? FileManager.default.removeItem(atPath: folder + Self.keyFile)
    }
  }

  // MARK: Files

  /// Puts a file of the service's own in its place, whole or not at all.
  private static func write(_ data: Data, to path: String) -> Bool {
    let new = path + ".new"
    return FileManager.default.createFile(atPath: new, contents: data, attributes: [.posixPermissions: 0o600])
      && rename(new, path) == 0
  }

  /// Nil where there is something that cannot be read.
  private static func read(_ path: String) -> [String: Int]? {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").reduce(into: [:]) { ended, line in
      let words = line.split(separator: " ")
      if words.count == 2, let end = Int(words[1]) { ended[String(words[0])] = end }
    }
  }

  /// FNV-1a of 64 bits: it tells servers apart, and protects nothing.
  private static func mark(of text: String) -> String {
    String(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 36)
  }
}
