import Foundation
import Glibc
import Rotation

/// callerid-server as it is installed: whether calls or systemd ask for it, and whether it answers.
struct ServerInstallation {
  private let root: String
  private let settings: [String: String]

  /// - Parameter root: the folder below which it and Asterisk are installed; empty for `/`.
  init(root: String) {
    self.root = root
    settings = Self.settings(in: root + "/etc/callerid/server.env")
  }

  private static func settings(in path: String) -> [String: String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.reduce(into: [:]) { settings, line in
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { settings[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Nothing where nobody asks for the server: calls need none.
  func findings() -> [Finding] {
    guard let reason else { return [] }
    return [callFinding(reason), webFinding(reason)].compactMap(\.self)
  }

  /// Why it should answer, or nil.
  private var reason: String? {
    let wants = [
      "multi-user.target.wants/callerid-server.service", "sockets.target.wants/callerid-server-agi.socket",
      "sockets.target.wants/callerid-server-http.socket",
    ]
    if wants.contains(where: { FileManager.default.fileExists(atPath: root + "/etc/systemd/system/" + $0) }) {
      return "systemd starts it"
    }
    let folder = root + "/etc/asterisk"
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return files.first { file in
      guard file.hasPrefix("extensions"), file.hasSuffix(".conf"),
        let text = try? String(contentsOfFile: folder + "/" + file, encoding: .isoLatin1)
      else { return false }
      return text.split(whereSeparator: \.isNewline).contains { line in
        let line = line.prefix { $0 != ";" }
        return line.contains("/next-cid")
          || line.contains("agi://") && (line.contains("/callerid") || line.contains("/release"))
      }
    }.map { "\($0) asks it" }
  }

  private func address(_ name: String, _ usual: String) -> Address? {
    if ["1", "yes", "true"].contains(settings[name.replacing("CALLERID_", with: "CALLERID_NO_")] ?? "") { return nil }
    let first = settings[name]?.split(whereSeparator: { " ,".contains($0) }).first.map(String.init)
    return Address(first ?? usual)
  }

  // MARK: Asking it

  /// The release of a number for a call that does not exist changes nothing.
  private func callFinding(_ reason: String) -> Finding? {
    guard let address = address("CALLERID_AGI", "127.0.0.1:4573") else { return nil }
    let question = "agi_network_script: release\nagi_uniqueid: doctor\n\n"
    guard let answer = address.ask(question, until: { $0.contains("VERBOSE") }) else {
      return missing("FastAGI", address, reason)
    }
    guard answer.hasPrefix("SET VARIABLE CALLERID_STATUS OK\n") else {
      return Finding(
        .problem, "server", "FastAGI on \(address) answers: \(answer.prefix { $0 != "\n" })",
        hint: "See what it says: journalctl -u callerid-server")
    }
    return Finding(.ok, "server", "answers FastAGI on \(address)")
  }

  private func webFinding(_ reason: String) -> Finding? {
    // It would have to be asked over TLS.
    guard let address = address("CALLERID_HTTP", "127.0.0.1:8000"), settings["CALLERID_TLS_CERTIFICATE"] == nil else {
      return nil
    }
    let question = "GET /health HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
    guard let answer = address.ask(question, until: { $0.hasSuffix("}\n") }) else {
      return missing("HTTP", address, reason)
    }
    let body = answer.range(of: "\r\n\r\n").map { answer[$0.upperBound...] } ?? ""
    let health = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
    guard let health, health["status"] as? String == "ok" else {
      let what = CallerText((health?["store"] as? String) ?? "something else answers there")?.text ?? "nothing"
      return Finding(
        .problem, "server", "HTTP on \(address): \(what)", hint: "See what it says: journalctl -u callerid-server")
    }
    let version = health["version"] as? String ?? ""
    guard version == Version.text.description else {
      return Finding(
        .warning, "server", "callerid-server on \(address) has another version than this program, \(Version.text)",
        hint: "Run: systemctl restart callerid-server")
    }
    return Finding(.ok, "server", "answers HTTP on \(address)")
  }

  private func missing(_ what: String, _ address: Address, _ reason: String) -> Finding {
    Finding(
      .problem, "server",
      "nothing answers \(what) on \(address), and \(reason): such calls keep the caller-ID they had",
      hint: "Run: systemctl start callerid-server; or say in /etc/callerid/server.env where it listens")
  }
}

/// An address of this machine, and what is said there.
private struct Address: CustomStringConvertible {
  let host: String
  let port: UInt16

  /// Milliseconds that an answer may take.
  private static let patience = 2000
  private static let longestAnswer = 64 * 1024

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    // What listens on all addresses is asked on this machine's own.
    self.host = ["0.0.0.0", "localhost", ""].contains(host) ? "127.0.0.1" : host == "::" ? "::1" : host
    self.port = port
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// - Returns: what was answered; nil where nobody listens.
  func ask(_ question: String, until isWhole: (String) -> Bool) -> String? {
    let deadline = Deadline.after(milliseconds: Self.patience)
    guard let descriptor = connected(until: deadline) else { return nil }
    defer { close(descriptor) }
    let bytes = Array(question.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while answer.count < Self.longestAnswer, deadline.remainingMilliseconds > 0 {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, Int32(deadline.remainingMilliseconds)) > 0 else { break }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      answer += chunk[..<count]
      if isWhole(String(decoding: answer, as: UTF8.self)) { break }
    }
    return String(decoding: answer, as: UTF8.self)
  }

  private func connected(until deadline: Deadline) -> Int32? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(found.pointee.ai_family, type, 0)
    guard descriptor >= 0 else { return nil }
    if connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 { return descriptor }
    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    if errno == EINPROGRESS, Glibc.poll(&poll, 1, Int32(deadline.remainingMilliseconds)) > 0,
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0, error == 0
    {
      return descriptor
    }
    close(descriptor)
    return nil
  }
}
