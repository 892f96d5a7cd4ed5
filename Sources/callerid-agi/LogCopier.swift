internal import Glibc
internal import Rotation

/// Copies the log into the store in a process of its own, when it is this call's turn: by then Asterisk has had its answer,
/// and sees the program end without waiting for the disk.
enum LogCopier {
  /// What such a process is called, so that it knows what it was started for. Asterisk starts programs by their paths.
  private static let name = "callerid-copy-log"
  /// Where it has the lock file open, which keeps the turn for it.
  private static let turn: Int32 = 3

  /// The store whose log this process was started to copy; nil: it was started for a call.
  static var store: String? {
    guard CommandLine.argc == 2, let own = CommandLine.unsafeArgv[0], strcmp(own, name) == 0 else { return nil }
    return CommandLine.unsafeArgv[1].map { String(cString: $0) }
  }

  /// Starts the process. Where that fails, the log is copied by a later call.
  static func start(ofStore path: String, turn descriptor: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Asterisk waits until the pipes to it are closed.
    for standard in 0...2 { posix_spawn_file_actions_addopen(&actions, Int32(standard), "/dev/null", O_RDWR, 0) }
    posix_spawn_file_actions_adddup2(&actions, descriptor, turn)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Out of the reach of what Asterisk does to the process group of a call.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var process = pid_t()
    name.withCString { name in
      path.withCString { path in
        var arguments = [UnsafeMutablePointer(mutating: name), UnsafeMutablePointer(mutating: path), nil]
        posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &arguments, environ)
      }
    }
  }
}
