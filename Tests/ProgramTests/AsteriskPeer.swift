import Foundation
import TestSupport

/// Asterisk's side of a running callerid-agi: the other ends of its pipes.
final class AsteriskPeer {
  private let program: RunningProgram
  /// What the program hears; the end that it reads from stays open here as well, so that no write to it ends the tests.
  private let toProgram: (reading: Int32, writing: Int32)
  private let fromProgram: (reading: Int32, writing: Int32)
  private var isConnected = true
  private var heard: [UInt8] = []

  /// Starts the program.
  ///
  /// - Parameter prepare: done to the pipe that the program writes to, before it starts.
  init(_ arguments: [String], store: String, prepare: (_ pipe: (reading: Int32, writing: Int32)) -> Void = { _ in })
    throws
  {
    toProgram = try Self.pipe()
    fromProgram = try Self.pipe()
    prepare(fromProgram)
    // As from Asterisk, which blocks no signal of its children; threads of the tests may.
    program = try RunningProgram(
      "/usr/bin/env", ["--default-signal", Program.agi.path] + arguments, environment: ["CALLERID_DB": store],
      input: FileHandle(fileDescriptor: toProgram.reading), output: FileHandle(fileDescriptor: fromProgram.writing))
    close(fromProgram.writing)
  }

  deinit {
    program.end()
    hangUp()
    close(toProgram.reading)
    close(fromProgram.reading)
  }

  /// One that no other child of the tests inherits: it would keep it open.
  private static func pipe() throws -> (reading: Int32, writing: Int32) {
    let path = FileManager.default.temporaryDirectory.path + "/callerid-pipe-\(UUID().uuidString)"
    guard mkfifo(path, 0o600) == 0 else { throw Failure("no pipe") }
    defer { unlink(path) }
    let reading = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    let writing = open(path, O_WRONLY | O_CLOEXEC)
    guard reading >= 0, writing >= 0 else { throw Failure("no pipe") }
    _ = fcntl(reading, F_SETFL, 0)
    return (reading, writing)
  }

  var isRunning: Bool { program.isRunning }

  func say(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(toProgram.writing, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure("cannot write to the program") }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Waits for so many lines of the program's; fewer where it says no more.
  func hear(lines count: Int) async throws -> [String] {
    _ = fcntl(fromProgram.reading, F_SETFL, O_NONBLOCK)
    var chunk = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<6000 {
      var lines = heard.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let rest = lines.removeLast()
      if lines.count >= count {
        heard = Array(lines[count...].joined(separator: [UInt8(ascii: "\n")]))
        if lines.count > count { heard.append(UInt8(ascii: "\n")) }
        heard += rest
        return lines[..<count].map { String(decoding: $0, as: UTF8.self) }
      }
      let read = read(fromProgram.reading, &chunk, chunk.count)
      if read > 0 {
        heard += chunk[..<read]
      } else if read == 0 {
        defer { heard = [] }
        return (lines + (rest.isEmpty ? [] : [rest])).map { String(decoding: $0, as: UTF8.self) }
      } else {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    throw Failure("the program said only \(String(decoding: heard, as: UTF8.self)) in 30 seconds")
  }

  /// Asterisk's signal to a program whose caller has hung up.
  func signalHangUp() { program.send(SIGHUP) }

  /// Closes the pipe that the program reads.
  func hangUp() {
    if isConnected { close(toProgram.writing) }
    isConnected = false
  }

  /// Waits for the program's end.
  ///
  /// - Returns: its exit status, 128 and more where a signal ended it.
  func end() async throws -> Int { try await program.status() }
}
