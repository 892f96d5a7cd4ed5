import Glibc

/// What systemd tells a service, and is told by it (sd_notify(3), sd_listen_fds(3)); without systemd nothing.
enum Systemd {
  /// The sockets that it has opened for this process, by the names that the socket unit gives them.
  static func inheritedSockets() -> [(name: String, descriptor: Int32)] {
    guard let process = variable("LISTEN_PID").flatMap({ Int32($0) }), process == getpid(),
      let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), count > 0
    else { return [] }
    let names = (variable("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let first: Int32 = 3
    return (0..<count).map { index in
      _ = fcntl(first + index, F_SETFD, FD_CLOEXEC)
      return (Int(index) < names.count ? String(names[Int(index)]) : "", first + index)
    }
  }

  /// Tells the state of the service, such as `READY=1`.
  static func notify(_ state: String) {
    guard let path = variable("NOTIFY_SOCKET"), !path.isEmpty, path.utf8.count < 107 else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.copyBytes(from: path.utf8)
      // A name in the abstract namespace is written with an @ for its first byte, which is 0.
      if path.hasPrefix("@") { room[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
    let bytes = Array(state.utf8)
    withUnsafePointer(to: &address) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }

  /// How often it wants to hear of the service, in seconds; nil: not at all.
  static var watchdogSeconds: Double? {
    if let process = variable("WATCHDOG_PID"), Int32(process) != getpid() { return nil }
    return variable("WATCHDOG_USEC").flatMap { Double($0) }.map { $0 / 1e6 }
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
