internal import Glibc

/// The time since a machine was started, which goes on while it sleeps and which nobody can set (`CLOCK_BOOTTIME`).
package struct Uptime: Equatable, Sendable {
  /// Which start of which machine it is counted from.
  package let boot: String
  /// Seconds.
  package let seconds: Int

  package init(boot: String, seconds: Int) {
    self.boot = boot
    self.seconds = seconds
  }

  static var ofMachine: Uptime? {
    guard let boot = bootID else { return nil }
    var time = timespec()
    guard clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
    return Uptime(boot: boot, seconds: time.tv_sec)
  }

  /// Random for each start of the kernel (random(4)). It stays as long as a process runs.
  private static let bootID: String? = {
    let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 36) { buffer, count in
      count = max(0, read(file, buffer.baseAddress, buffer.count))
    }
    return bytes.count == 36 ? String(decoding: bytes, as: UTF8.self) : nil
  }()
}
