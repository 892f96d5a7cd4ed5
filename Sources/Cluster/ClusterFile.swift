import Foundation
package import MariaDB
package import Rotation

/// The file in which a dialer is told where its cluster's engine is, and as whom it asks there:
///
///     # /etc/callerid/cluster.conf
///     engine   = db1.example.net, db2.example.net:3307
///     user     = callerid
///     password = secret
///     database = callerid
///     ca       = /etc/callerid/engine-ca.pem
///     dialer   = dialer1
package struct ClusterFile: Sendable {
  package static let usualPath = "/etc/callerid/cluster.conf"

  package let engine: ConnectionOptions
  /// This machine's name in the cluster.
  package let dialer: String

  private enum Key: String, CaseIterable { case engine, user, password, database, ca, dialer }

  /// Reads the file.
  ///
  /// - Throws: `refused` with the line that is wrong, or what is missing; `missing` or `permission` where it cannot be
  ///   read.
  package init(path: String) throws(StoreError) {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw StoreError(
        .missing, "cannot read \(path): \(error.localizedDescription)",
        hint: "It says where the cluster's engine is; see docs/cluster.md")
    }
    try self.init(text: String(decoding: data, as: UTF8.self), path: path)
  }

  init(text: String, path: String) throws(StoreError) {
    var values: [Key: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(line).trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let (name, value) = line.cut(at: "="), let key = Key(rawValue: name.trimmed) else {
        throw StoreError(
          .refused,
          "\(path), line \(index + 1): \(line.hasPrefix("password") ? "password" : line)",
          hint: "A line is NAME = VALUE; the names are " + Key.allCases.map(\.rawValue).joined(separator: ", "))
      }
      values[key] = value.trimmed
    }
    func required(_ key: Key) throws(StoreError) -> String {
      guard let value = values[key], !value.isEmpty else {
        throw StoreError(
          .refused, "\(path) lacks \(key.rawValue)")
      }
      return value
    }
    let hosts = try required(.engine).split(separator: ",").map { (part) throws(StoreError) in
      try Self.host(String(part).trimmed, path)
    }
    let dialer = try required(.dialer)
    guard Membership(dialer: dialer) != nil else {
      throw StoreError(
        .refused,
        "\(path): dialer \(dialer)", hint: "Its name has 1 to \(Membership.mostCharacters) letters, digits and . - _")
    }
    self.dialer = dialer
    var options = ConnectionOptions(
      hosts: hosts, user: try required(.user), password: values[.password] ?? "", database: try required(.database))
    options.certificateAuthority = values[.ca]
    engine = options
  }

  private static func host(_ text: String, _ path: String) throws(StoreError) -> ConnectionOptions.Host {
    if text.hasPrefix("/") { return .socket(text) }
    guard let (name, port) = text.cut(at: ":") else { return .init(name: text) }
    guard let number = Int(port), (1...65_535).contains(number), !name.isEmpty else {
      throw StoreError(
        .refused, "\(path): engine \(text)", hint: "Write it as HOST or HOST:PORT, several with commas between")
    }
    return .init(name: name, port: number)
  }
}
