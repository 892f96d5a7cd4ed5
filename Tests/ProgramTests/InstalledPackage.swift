import Foundation
import TestSupport
import Testing

/// What the tests of the Debian package and of the RPM do with an installed package.
extension FreshRoot {
  private static let builds =
    ProcessInfo.processInfo.environment["ASTERISK_ROOTS"] ?? FileManager.default.currentDirectoryPath + "/.build"

  /// The root that `make` has brought under this name.
  static func folder(_ name: String) -> String { "\(builds)/\(name)/root" }

  /// The package that `make` has made.
  ///
  /// - Parameter kind: `deb` or `rpm`.
  static func package(_ kind: String) throws -> String {
    let folder = FileManager.default.currentDirectoryPath + "/.build/\(kind)"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let file = try #require(files.first { $0.hasSuffix("." + kind) }, "make the package with: make \(kind)")
    return "\(folder)/\(file)"
  }

  /// A root of Debian with an Asterisk, and the package in its `/tmp`.
  ///
  /// - Parameter name: `asterisk-22`, which has neither systemd nor rpm, or `packaging`, which has both.
  static func withPackage(_ kind: String, in name: String) async throws -> FreshRoot {
    let package = try package(kind)
    let root = try await FreshRoot(folder(name))
    try await root.bring(package)
    return root
  }

  /// Runs what is in the cron file as cron would; cron would mail what it prints.
  func runCronLines() async throws {
    let lines = try await shell("grep '^[0-9]' /etc/cron.d/callerid").split(separator: "\n")
    try #require(!lines.isEmpty)
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: true)
      let job = try await attempt("su -s /bin/sh \(words[5]) -c '\(words[6])'")
      #expect(job.errors.isEmpty, "\(line)")
    }
  }

  /// Two calls through Debian's own Asterisk, with its own directories.
  ///
  /// - Parameter user: whom it runs as.
  func callThroughAsterisk(as user: String = "asterisk") async throws -> [String] {
    let modules = ["pbx_config", "res_speech", "res_agi", "app_verbose", "func_callerid", "res_clioriginate"]
    try await shell(
      "cat > /etc/asterisk/modules.conf",
      input: "[modules]\nautoload=no\n" + modules.map { "load=\($0).so\n" }.joined())
    try await shell("cat > /etc/asterisk/logger.conf", input: "[logfiles]\nmessages => notice,warning,error\n")
    try await shell(
      "cat > /etc/asterisk/extensions.conf",
      input: """
        [calls]
        exten => _1NXXNXXXXXX,1,AGI(callerid-agi,SALES)
         same => n,Log(NOTICE,TEST ${AGISTATUS} ${CALLERID_STATUS} ${CALLERID(num)})
         same => n,AGI(get_callerid.sh,SALES)
         same => n,Log(NOTICE,TEST ${AGISTATUS} ${CALLERID_STATUS} ${CALLERID(num)})

        """)
    try await shell("install -d -o \(user) -g \(user) /run/asterisk")
    // With `-U root` it would give up what root may do.
    let change = user == "root" ? [] : ["-U", user, "-G", user]
    let asterisk = try start(["/usr/sbin/asterisk", "-g", "-f", "-p"] + change)
    defer { asterisk.end(SIGTERM) }
    try await until { try await attempt("asterisk -rx 'core waitfullybooted'").output.contains("fully booted") }
    try await shell("asterisk -rx 'channel originate Local/12145551212@calls application NoOp'")
    var lines: [String] = []
    try await until {
      let log = try await attempt("grep -o 'TEST .*' /var/log/asterisk/messages").output
      lines = log.split(separator: "\n").map { String($0.dropFirst("TEST ".count)) }
      return lines.count >= 2
    }
    return lines
  }

  private func until(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<600 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Failure("waited for 30 seconds")
  }
}
