/// Where the engine is, and who asks: values only, which others have read and checked.
package struct ConnectionOptions: Sendable, Equatable {
  /// One server.
  package enum Host: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address. A name is resolved at each connection, outside of all limits of time but the resolver's own.
    case tcp(String, port: Int)
    /// The path of a Unix socket: at most 107 bytes, as Linux has it.
    case socket(String)

    package init(name: String, port: Int = 3306) { self = .tcp(name, port: port) }

    package var description: String {
      switch self {
      case .tcp(let name, let port): name.utf8.contains(UInt8(ascii: ":")) ? "[\(name)]:\(port)" : "\(name):\(port)"
      case .socket(let path): path
      }
    }
  }

  /// Asked in this order; the first that answers and can be written to is used.
  package var hosts: [Host]
  package var user: String
  package var password: String
  /// Empty: none is chosen.
  package var database: String
  /// The path of a file of certificates (PEM). Where there is one, a TCP connection is encrypted, and the server shows a
  /// certificate that one of these has signed for the host's name; otherwise nothing is encrypted.
  package var certificateAuthority: String?
  /// How long one host may take to answer, and to let us in; in seconds, from 1 to 999.
  package var connectTimeout: Int
  /// How long the server may be silent, and may refuse to take what is sent; in seconds, from 1 to 999. A statement that
  /// takes longer loses its connection.
  package var readTimeout: Int
  package var writeTimeout: Int

  package init(
    hosts: [Host], user: String, password: String = "", database: String = "", certificateAuthority: String? = nil,
    connectTimeout: Int = 2, readTimeout: Int = 3, writeTimeout: Int = 3
  ) {
    self.hosts = hosts
    self.user = user
    self.password = password
    self.database = database
    self.certificateAuthority = certificateAuthority
    self.connectTimeout = connectTimeout
    self.readTimeout = readTimeout
    self.writeTimeout = writeTimeout
  }
}
