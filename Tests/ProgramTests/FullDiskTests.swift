import Foundation
import TestSupport
import Testing

/// Calls on a disk that somebody has filled. Root mounts one for itself, in a mount namespace of its own.
@Suite(.enabled(if: getuid() == 0, "only root mounts a disk"), .timeLimit(.minutes(2)))
struct FullDiskTests {
  /// Makes a store on a small disk, fills the disk, and calls so often.
  ///
  /// - Returns: the statuses and what was said of them, a line each.
  private func calls(_ count: Int, diskMegabytes: Int) async throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let input = folder + ".input"
    var call = AsteriskCall()
    call.uniqueID = "1790000000.NUMBER"
    try Data(call.input.utf8).write(to: URL(fileURLWithPath: input))
    defer { try? FileManager.default.removeItem(atPath: input) }
    let script = """
      set -e
      mount -t tmpfs -o size=\(diskMegabytes)m tmpfs "$1"
      export CALLERID_DB="$1/callerid.db"
      "$2" init > /dev/null
      (echo caller_id; for i in $(seq 100 499); do echo 2145550$i; done) | "$2" import - > /dev/null
      "$2" config set agent_calls_per_minute none > /dev/null
      # The machine that runs the tests may be busy with others.
      "$2" config set busy_timeout_ms 10000 > /dev/null
      cat /dev/zero > "$1/filler" 2> /dev/null || true
      for i in $(seq \(count)); do
        sed "s/NUMBER/$i/" "$4" | "$3" SALES 1001 ttl=0 | grep -E 'CALLERID_STATUS|VERBOSE' | tr '\\n' ' ' || true
        echo
      done
      """
    let finished = try await run(
      "/usr/bin/unshare",
      ["--mount", "/bin/sh", "-c", script, "sh", folder, Program.admin.path, Program.agi.path, input])
    try #require(finished.status == 0, "\(finished.errors)")
    return finished.lines
  }

  @Test func callsGoOnInTheRoomThatIsKept() async throws {
    let lines = try await calls(300, diskMegabytes: 12)
    #expect(lines.count == 300)
    #expect(lines.count { $0.contains("CALLERID_STATUS OK") } >= 250, "\(lines.last ?? "")")
  }

  @Test func aFullDiskIsCalledAFullDisk() async throws {
    let lines = try await calls(900, diskMegabytes: 12)
    let refused = lines.filter { !$0.contains("CALLERID_STATUS OK") }
    #expect(!refused.isEmpty)
    let others = refused.filter { !$0.contains("STORE_ERROR") || !$0.contains("the disk is full") }
    #expect(others.isEmpty, "\(others)")
  }
}
