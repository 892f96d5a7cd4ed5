package import Glibc

extension Store {
  /// Where `callerid-server` listens for wishes of calls.
  ///
  /// Not by a name that begins as the store's: what has one is given to its owner file by file.
  package static func leaseSocket(ofStore path: String) -> String {
    Path.folder(of: path) + "/lease-" + Path.name(of: path)
  }

  /// Hands the socket's address to `body`, for bind(2) or connect(2).
  ///
  /// - Returns: what `body` returned; nil where the path is longer than such addresses can be (107 bytes).
  package static func withLeaseSocketAddress<Result>(
    ofStore path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result? {
    let path = leaseSocket(ofStore: path)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
      guard path.utf8.count < place.count else { return false }
      place.copyBytes(from: path.utf8)
      return true
    }
    guard fits else { return nil }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
