import NIOCore

/// Where the server listens: an address of this machine and a port, `127.0.0.1:4573` or `[::1]:4573`.
struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  let host: String
  let port: Int

  /// - Throws: what is wrong, for whoever wrote it.
  init(_ text: String) throws(ConfigurationError) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw ConfigurationError("\(text) is no address and port such as 127.0.0.1:4573") }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host == "localhost" { host = "127.0.0.1" }
    guard (try? SocketAddress(ipAddress: host, port: port)) != nil else {
      throw ConfigurationError("\(text) does not begin with an IP address of this machine, such as 127.0.0.1:4573")
    }
    self.host = host
    self.port = port
  }

  /// An address or a name without the port that may stand behind it. An IPv6 address with a port stands in brackets.
  static func host(of text: String) -> String {
    if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
    return text.count { $0 == ":" } == 1 ? String(text.prefix { $0 != ":" }) : text
  }

  var isLoopback: Bool { AddressRange.loopback.contains { $0.contains(host) } }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What is wrong with how the server was started, and what to do about it.
struct ConfigurationError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
