import Foundation
import TestSupport
import Testing

/// callerid-admin on a terminal of its own, as somebody would sit before it: made by script(1), which every Debian has.
final class PseudoTerminal {
  let folder: String
  /// Its store is there for as long as the terminal is.
  private let callerID: Installation
  private let program: RunningProgram
  private let keys = Pipe()
  private let picture = Pipe()
  private var shown = Data()
  var output: String { String(decoding: shown, as: UTF8.self) }

  /// Runs callerid-admin. The terminal's modes before and after it, and its process ID, are written to files.
  init(_ callerID: Installation, _ arguments: String, rows: Int, columns: Int) throws {
    self.callerID = callerID
    folder = FileManager.default.temporaryDirectory.path + "/terminal-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // The shell survives Ctrl-C, to tell how the command ended.
    let session = """
      trap : INT; tty > "$F/tty"; stty rows \(rows) cols \(columns); stty -g > "$F/before"
      sh -c 'echo $$ > "$F/pid"; exec "$ADMIN" \(arguments)'; status=$?
      stty -g > "$F/after"; exit $status
      """
    program = try RunningProgram(
      "/usr/bin/script", ["--quiet", "--return", "--flush", "--command", session, "/dev/null"],
      environment: [
        "F": folder, "SHELL": "/bin/sh", "ADMIN": Program.admin.path, "CALLERID_DB": callerID.store,
        "LC_ALL": "C.UTF-8",
      ], input: keys, output: picture)
    try picture.fileHandleForWriting.close()
    _ = fcntl(picture.fileHandleForReading.fileDescriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    program.end(SIGTERM)
    try? FileManager.default.removeItem(atPath: folder)
  }

  func type(_ text: String) throws { try keys.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// Reads what is shown until it satisfies a condition.
  func wait(until isDone: (String) -> Bool) async throws {
    while !isDone(output) {
      try #require(try await readMore(), "it ended before: \(output.debugDescription)")
    }
  }

  /// Waits for the end: what was shown to the last, and the exit status.
  func end() async throws -> Int {
    while try await readMore() {}
    return try await program.status()
  }

  /// Waits without blocking: tests share a few threads.
  ///
  /// - Returns: false at the end.
  private func readMore() async throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(picture.fileHandleForReading.fileDescriptor, &bytes, bytes.count)
      if count >= 0 {
        shown += bytes.prefix(count)
        return count > 0
      }
      guard errno == EAGAIN || errno == EINTR else { throw Failure(String(cString: strerror(errno))) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func file(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The pictures drawn so far, each from the top left on and without what clears the rest of a line or of the screen;
  /// the last one may not be whole yet.
  var frames: [String] {
    output.replacing(/\u{1B}\[2?[JK]/, with: "").components(separatedBy: "\u{1B}[H").dropFirst().map { $0 }
  }

  /// Whether the terminal's modes are those of before, and its screen and cursor are given back.
  func expectGivenBack(sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try file("after") == file("before"), sourceLocation: sourceLocation)
    #expect(output.contains("\u{1B}[?1049h\u{1B}[?25l"), sourceLocation: sourceLocation)
    #expect(output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"), "\(output.suffix(200))", sourceLocation: sourceLocation)
  }
}
