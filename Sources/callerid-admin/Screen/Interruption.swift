import Foundation
import Rotation

/// Ctrl-C, and the system's wish to stop, in a long work that cleans up behind itself.
enum Interruption {
  static func prepare() {
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { interruption = $0 } }
  }

  static var isWanted: Bool { interruption != 0 }

  /// Shows how far it is, and stops it where that was asked for.
  static func progress(done: Int, of total: Int) throws {
    Terminal.progress("\(done * 100 / max(1, total)) %")
    if isWanted { throw StoreError(.failed, "stopped", hint: "Nothing was changed") }
  }
}

/// Only the handler writes it.
nonisolated(unsafe) private var interruption: sig_atomic_t = 0
