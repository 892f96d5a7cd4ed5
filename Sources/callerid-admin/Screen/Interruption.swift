import Foundation
import Rotation

/// Ctrl-C, and the system's signals to stop, in a long command that has to clean up before it ends.
enum Interruption {
  /// Makes the signals set `isRequested` instead of ending the program.
  static func prepare() {
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { interruption = $0 } }
  }

  static var isRequested: Bool { interruption != 0 }

  /// Runs a long work that either completes or changes nothing.
  ///
  /// - Parameter work: calls the closure that it is given with how much of how much is done. The closure shows it, and
  ///   throws `failed` after a signal.
  static func withProgress<Result>(_ work: ((Int, Int) throws -> Void) throws -> Result) throws -> Result {
    prepare()
    defer { Terminal.endProgress() }
    return try work { done, total in
      Terminal.progress("\(done * 100 / max(1, total)) %")
      if isRequested { throw StoreError(.failed, "stopped", hint: "Nothing was changed") }
    }
  }

  /// Runs a long work that stops between steps, and does the rest when it is run again.
  static func withProgressOfSteps<Result>(_ work: ((Int, Int) throws -> Void) throws -> Result) throws -> Result {
    prepare()
    defer { Terminal.endProgress() }
    return try work { done, total in
      Terminal.progress("\(done * 100 / max(1, total)) %")
      if isRequested { throw StoreError(.failed, "stopped") }
    }
  }
}

/// Only the signal handler writes it.
nonisolated(unsafe) private var interruption: sig_atomic_t = 0
