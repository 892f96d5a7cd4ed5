import Foundation
import SQLite
import TestSupport

/// A folder for one store, and the programs on it, whole or broken on purpose.
final class Site: Sendable {
  let folder: String
  var store: String { folder + "/callerid.db" }

  /// In memory where there is such a place: thousands of stores are synced, and none is to outlive its test.
  private static var newFolder: String {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
    return parent + "/callerid-torture-\(UUID().uuidString)"
  }

  /// A folder without a store.
  init() throws {
    folder = Self.newFolder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// The same store in another folder.
  init(copying site: Site) throws {
    folder = Self.newFolder
    try FileManager.default.copyItem(atPath: site.folder, toPath: folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A store with numbers, a campaign that limits them, and calls that hold some, of which one was released.
  static func used(calls: Int = 8) async throws -> Site {
    let site = try Site()
    try await site.must(.admin, ["init"])
    let rows = (10..<60).map { "21455501\($0)" }.joined(separator: "\n")
    try await site.must(.admin, ["import", "-"], "caller_id\n\(rows)\n")
    for setting in [["reservation_ttl", "3600"], ["busy_timeout_ms", "10000"]] {
      try await site.must(.admin, ["config", "set"] + setting)
    }
    try await site.must(.admin, ["campaign", "set", "SALES", "number_daily_limit=50"])
    for index in 0..<calls { try await site.pick("used.\(index)") }
    if calls > 3 { try await site.must(.agi, ["", "", "action=release"], Self.call("used.3")) }
    return site
  }

  static func call(_ uniqueID: String) -> String {
    var call = AsteriskCall()
    call.uniqueID = uniqueID
    return call.input
  }

  /// Runs a program on the store.
  ///
  /// - Parameter strace: the options of the strace that it runs under, if any.
  func run(
    _ program: Program, _ arguments: [String], _ input: String = "", strace: [String]? = nil
  ) async throws -> Finished {
    let words = (strace.map { [stracePath] + $0 } ?? []) + [program.path] + arguments
    return try await TestSupport.run(
      words[0], Array(words.dropFirst()), input: input, environment: ["CALLERID_DB": store])
  }

  @discardableResult
  func must(_ program: Program, _ arguments: [String], _ input: String = "") async throws -> Finished {
    let finished = try await run(program, arguments, input)
    guard finished.status == 0 else {
      throw Failure("\(arguments): \(finished.status): \(finished.output)\(finished.errors)")
    }
    return finished
  }

  /// A call that must be given a number.
  func pick(_ uniqueID: String) async throws { try await must(.agi, ["SALES", "1001"], Self.call(uniqueID)) }

  /// Makes the log so long that the next commit empties it, or one soon after.
  func growLog(to frames: Int = 3995) throws {
    try TestSupport.growLog(ofStore: store, to: frames)
  }
}
