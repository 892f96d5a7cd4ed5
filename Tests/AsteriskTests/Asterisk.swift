import Foundation
import Synchronization
import TestSupport

/// A version of Asterisk that `make asterisk` has brought.
enum AsteriskVersion: String, CaseIterable, CustomStringConvertible {
  case sixteen = "16"
  case twentyTwo = "22"

  /// 22 runs by chroot, which only root may; without root the Makefile says that it is left out.
  static var tested: [AsteriskVersion] { getuid() == 0 ? allCases : [.sixteen] }

  var description: String { "Asterisk \(rawValue)" }

  /// The tree that it was unpacked into.
  var root: String {
    let folder =
      ProcessInfo.processInfo.environment["ASTERISK_ROOTS"] ?? FileManager.default.currentDirectoryPath + "/.build"
    return "\(folder)/asterisk-\(rawValue)/root"
  }

  /// What comes before the paths of Asterisk's own view: it sees the root as `/` in a chroot.
  var chroot: String { self == .twentyTwo ? root : "" }

  var moduleFolder: String {
    switch self {
    case .sixteen: root + "/usr/lib/asterisk/modules"
    case .twentyTwo: "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    }
  }

  /// The program and its first arguments.
  var command: [String] {
    switch self {
    case .sixteen:
      [
        "/usr/bin/env", "LD_LIBRARY_PATH=\(root)/usr/lib/x86_64-linux-gnu:\(root)/usr/lib", "\(root)/usr/sbin/asterisk",
      ]
    case .twentyTwo:
      // With a /proc of its own, in a mount namespace that ends with the process.
      [
        "/usr/bin/unshare", "--mount", "/bin/sh", "-c", #"mount -t proc proc "$0/proc" && exec chroot "$0" "$@""#, root,
        "/usr/sbin/asterisk",
      ]
    }
  }
}

/// A running Asterisk with a folder of its own, callerid-agi in its agi-bin, and a store.
final class Asterisk: Sendable {
  let version: AsteriskVersion
  /// The folder as the test sees it, and as Asterisk does.
  let folder: String
  let inner: String
  let installation: Installation
  private let program = Mutex<RunningProgram?>(nil)

  /// - Parameters:
  ///   - dialplan: extensions.conf; `EXAMPLES` in it stands for the folder of the examples.
  ///   - trunk: where calls to `PJSIP/…@mytrunk` and `PJSIP/mytrunk/…` go; nil: there is no PJSIP.
  init(_ version: AsteriskVersion, dialplan: String, numbers: [String] = [], trunk: SIPPeer? = nil) async throws {
    self.version = version
    guard FileManager.default.isReadableFile(atPath: version.root + "/usr/sbin/asterisk") else {
      throw Failure("\(version) is missing; bring it with: make asterisk")
    }
    // Short: the path of Asterisk's socket in it may have no more than about 100 bytes.
    inner = "/tmp/asterisk-\(UUID().uuidString.prefix(8))"
    folder = version.chroot + inner
    for name in ["", "/etc", "/log", "/run", "/spool", "/agi-bin", "/db"] {
      try FileManager.default.createDirectory(atPath: folder + name, withIntermediateDirectories: true)
    }
    installation = try await Installation(numbers: numbers, in: folder + "/store")
    try writeConfiguration(dialplan: dialplan, trunk: trunk)
    try installPrograms()
    let command = version.command + ["-C", inner + "/asterisk.conf", "-g", "-f"]
    let program = try RunningProgram(
      command[0], Array(command.dropFirst()),
      environment: [
        "CALLERID_DB": inner + "/store/callerid.db", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC",
      ])
    self.program.withLock { $0 = program }
    try await wait("Asterisk to be up") {
      try await self.cli("core waitfullybooted").output.contains("fully booted")
    }
  }

  deinit {
    program.withLock { $0?.end(SIGTERM) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  private func writeConfiguration(dialplan: String, trunk: SIPPeer?) throws {
    let dataFolder = version == .sixteen ? version.root + "/usr/share/asterisk" : "/usr/share/asterisk"
    try write(
      """
      [directories]
      astetcdir => \(inner)/etc
      astmoddir => \(version.moduleFolder)
      astvarlibdir => \(inner)/db
      astdbdir => \(inner)/db
      astkeydir => \(inner)/db
      astdatadir => \(dataFolder)
      astagidir => \(inner)/agi-bin
      astspooldir => \(inner)/spool
      astrundir => \(inner)/run
      astlogdir => \(inner)/log
      """, to: "asterisk.conf")
    var modules = [
      "pbx_config", "res_speech", "res_agi", "app_verbose", "app_dial", "app_while", "app_exec", "app_stack",
      "func_callerid", "func_logic", "func_strings", "func_channel", "func_math", "res_clioriginate", "bridge_simple",
      "res_curl", "func_curl", "func_uri", "func_json",
    ]
    // Asterisk 21 and later have no macros.
    if version == .sixteen { modules.append("app_macro") }
    if let trunk {
      modules += [
        "func_hangupcause", "codec_ulaw", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb",
        "res_timing_timerfd",
        "res_pjproject", "res_pjsip", "res_pjsip_session", "res_rtp_asterisk", "res_pjsip_sdp_rtp",
        "res_pjsip_endpoint_identifier_ip", "res_pjsip_caller_id", "res_pjsip_pubsub", "chan_pjsip",
      ]
      try write(
        """
        [udp]
        type=transport
        protocol=udp
        bind=127.0.0.1:0
        [mytrunk]
        type=endpoint
        aors=mytrunk
        context=default
        disallow=all
        allow=ulaw
        [mytrunk]
        type=aor
        contact=sip:127.0.0.1:\(trunk.port)
        """, to: "etc/pjsip.conf")
    }
    try write(
      "[modules]\nautoload=no\n" + modules.map { "load=\($0).so\n" }.joined(), to: "etc/modules.conf")
    try write("[general]\n[logfiles]\nmessages => notice,warning,error\n", to: "etc/logger.conf")
    try FileManager.default.copyItem(
      atPath: FileManager.default.currentDirectoryPath + "/dialplan-examples", toPath: folder + "/examples")
    try write(dialplan.replacingOccurrences(of: "EXAMPLES", with: inner + "/examples"), to: "etc/extensions.conf")
  }

  private func installPrograms() throws {
    try FileManager.default.copyItem(atPath: Program.agi.path, toPath: folder + "/agi-bin/callerid-agi")
    for link in ["get_callerid.sh", "get_callerid.py"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/agi-bin/" + link, withDestinationPath: "callerid-agi")
    }
  }

  /// Asterisk has some ten files open for each call; it inherits the limit.
  static func allowManyFiles() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 100_000)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Runs a command of Asterisk's console.
  @discardableResult
  func cli(_ command: String) async throws -> Finished {
    let words = version.command + ["-C", inner + "/asterisk.conf", "-rx", command]
    return try await run(words[0], Array(words.dropFirst()))
  }

  /// Starts a call to an extension; its dialplan runs on while the test does.
  ///
  /// - Parameter application: what the caller does once the call is answered, before it hangs up.
  func originate(_ extension: String, in context: String, application: String = "NoOp") async throws {
    try await cli("channel originate Local/\(`extension`)@\(context) application \(application)")
  }

  /// Whether a callerid-agi of this Asterisk is running.
  var isAnswering: Bool {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.contains { id in
      let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")
      return program?.hasSuffix(inner + "/agi-bin/callerid-agi") == true
    }
  }

  var log: String { (try? String(contentsOfFile: folder + "/log/messages", encoding: .utf8)) ?? "" }

  /// The texts that the dialplan logged with `Log(NOTICE,TEST …)`.
  var testLines: [String] {
    log.split(separator: "\n").compactMap { line in
      line.range(of: "TEST ").map { String(line[$0.upperBound...]) }
    }
  }

  /// Waits for the dialplan to have logged `count` lines, and returns them.
  func lines(_ count: Int) async throws -> [String] {
    try await wait("\(count) lines, log: \(log)") { self.testLines.count >= count }
    return testLines
  }

  func wait(_ what: @autoclosure () -> String, until condition: () async throws -> Bool) async throws {
    for _ in 0..<600 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Failure("waited for 30 seconds for \(what())")
  }
}
