internal import Foundation

/// A root file system to change at will: it shows another one, and keeps what is written in memory. It is mounted in a
/// mount namespace of its own, and so ends with the process that holds that.
package final class FreshRoot: Sendable {
  private let holder: RunningProgram
  private let folder = "/tmp/callerid-root-\(UUID().uuidString)"
  private var root: String { folder + "/root" }

  /// - Parameter lower: the root to begin with; it stays as it is.
  package init(_ lower: String) async throws {
    guard FileManager.default.fileExists(atPath: lower + "/usr") else {
      throw Failure("\(lower) is missing; bring it, as root, with: make packaging-tools")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let ready = Pipe()
    holder = try RunningProgram(
      "/usr/bin/unshare",
      [
        "--mount", "/bin/sh", "-ec",
        """
        mount -t tmpfs tmpfs "$1"
        mkdir "$1/upper" "$1/work" "$1/root"
        mount -t overlay -o "lowerdir=$0,upperdir=$1/upper,workdir=$1/work" overlay "$1/root" || cp -a "$0/." "$1/root"
        mount -t proc proc "$1/root/proc"
        echo ready
        exec sleep infinity
        """,
        lower, folder,
      ], output: ready)
    guard !ready.fileHandleForReading.availableData.isEmpty else { throw Failure("cannot mount \(lower) anew") }
  }

  deinit {
    holder.end(SIGTERM)
    try? FileManager.default.removeItem(atPath: folder)
  }

  private var enter: [String] { ["/usr/bin/nsenter", "--mount=/proc/\(holder.id)/ns/mnt"] }
  private let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"]

  /// Runs a line of shell in the root, whatever comes of it.
  package func attempt(_ line: String, input: String = "") async throws -> Finished {
    let words = enter + ["chroot", root, "/bin/sh", "-c", line]
    return try await run(words[0], Array(words.dropFirst()), input: input, environment: environment)
  }

  /// Runs a line of shell in the root, and expects it to succeed.
  ///
  /// - Returns: what it printed.
  @discardableResult
  package func shell(_ line: String, input: String = "") async throws -> String {
    let finished = try await attempt(line, input: input)
    guard finished.status == 0 else {
      throw Failure("\(line): \(finished.status)\n\(finished.output)\(finished.errors)")
    }
    return finished.output.trimmingCharacters(in: .newlines)
  }

  /// Brings a file of the machine into the root's `/tmp`.
  package func bring(_ path: String) async throws {
    let words = enter + ["cp", path, root + "/tmp/"]
    let finished = try await run(words[0], Array(words.dropFirst()))
    guard finished.status == 0 else { throw Failure(finished.errors) }
  }

  /// Starts a program in the root that goes on while the test does.
  package func start(_ command: [String]) throws -> RunningProgram {
    let words = enter + ["chroot", root] + command
    return try RunningProgram(words[0], Array(words.dropFirst()), environment: environment)
  }
}
