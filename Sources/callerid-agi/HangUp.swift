internal import Glibc
internal import Synchronization

/// Asterisk's way of telling a running program that the caller has hung up: SIGHUP.
enum HangUp {
  /// From here on SIGHUP is noted instead of ending the program, and a write to an Asterisk that has gone away fails
  /// instead of ending it: what was picked can still be released.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // A file that grows past what the process may write (RLIMIT_FSIZE) is an error of that write, not the end.
    signal(SIGXFSZ, SIG_IGN)
    // Made here, not by its first use in the handler.
    signalled.store(false, ordering: .relaxed)
    var action = sigaction()
    // Without SA_RESTART, so that a wait for Asterisk ends at once. A store to an atomic is safe in a handler.
    action.__sigaction_handler.sa_handler = { _ in signalled.store(true, ordering: .relaxed) }
    sigaction(SIGHUP, &action, nil)
  }

  static var isSignalled: Bool { signalled.load(ordering: .relaxed) }
}

private let signalled = Atomic<Bool>(false)
