import Foundation
import TestSupport
import Testing

/// The units of `callerid-server`, as both packages install them. They belong to systemd, which only the root has that
/// only root can mount.
@Suite(.timeLimit(.minutes(4)), .enabled(if: getuid() == 0))
struct ServiceTests {
  private let sockets = ["agi": "127.0.0.1:4573", "http": "127.0.0.1:8000"]

  private func installed(_ kind: String) async throws -> FreshRoot {
    let root = try await FreshRoot.withPackage(kind, in: "packaging")
    try await root.shell(kind == "deb" ? "dpkg -i /tmp/callerid_*.deb" : "rpm -i --nodeps /tmp/callerid-*.rpm")
    return root
  }

  @Test(arguments: ["deb", "rpm"]) func theUnitsAreValidAndShutOffFromTheMachine(kind: String) async throws {
    let root = try await installed(kind)
    let verified = try await root.attempt("systemd-analyze verify --man=no /usr/lib/systemd/system/callerid-*")
    let complaints = verified.errors.split(separator: "\n").filter {
      $0.contains("callerid-")
    }
    #expect(complaints.isEmpty, "\(verified.errors)")
    // In tenths: 10 is all that a service can have, which is the default.
    let exposed = try await root.attempt(
      "systemd-analyze security --offline=yes --threshold=20 /usr/lib/systemd/system/callerid-server.service")
    #expect(exposed.status == 0, "\(exposed.output)")
    #expect(exposed.output.contains("Overall exposure level for callerid-server.service"))
  }

  @Test func eachSocketHasTheNameByWhichTheServiceKnowsIt() async throws {
    let root = try await installed("rpm")
    for (name, address) in sockets {
      let unit = try await root.shell("cat /usr/lib/systemd/system/callerid-server-\(name).socket")
      let lines = unit.split(separator: "\n")
      for line in ["ListenStream=\(address)", "FileDescriptorName=\(name)", "Service=callerid-server.service"] {
        #expect(lines.contains(line[...]), "\(name): \(line)")
      }
    }
  }

  /// It is optional: who wants it starts it.
  @Test(arguments: ["deb", "rpm"]) func nothingIsEnabledByThePackage(kind: String) async throws {
    let root = try await installed(kind)
    let units = ["callerid-server.service", "callerid-server-agi.socket", "callerid-server-http.socket"]
    for unit in units {
      #expect(try await root.attempt("systemctl is-enabled \(unit)").output == "disabled\n", "\(unit)")
    }
    try await root.shell("systemctl enable \(units.joined(separator: " "))")
    // What was enabled does not stay behind.
    try await root.shell(kind == "deb" ? "dpkg -P callerid" : "rpm -e callerid")
    #expect(try await root.shell("find /etc/systemd -name 'callerid*'").isEmpty)
  }

  @Test(arguments: ["deb", "rpm"]) func itsUserReadsAndWritesTheStoreOfAsterisksUser(kind: String) async throws {
    let root = try await installed(kind)
    #expect(try await root.shell("id -nG callerid") == "callerid asterisk")
    #expect(try await root.shell("getent passwd callerid | cut -d : -f 6-") == "/var/lib/callerid:/usr/sbin/nologin")
    try await root.shell("callerid-admin init --owner asterisk:asterisk")
    let asUser = "su -s /bin/sh callerid -c"
    try await root.shell("\(asUser) 'callerid-admin import -'", input: "caller_id\n2145550101\n")
    #expect(try await root.shell("\(asUser) 'callerid-admin list --json'").contains("2145550101"))
    // What it has made is the group's, so Asterisk's user goes on with it.
    try await root.shell("su -s /bin/sh asterisk -c 'callerid-admin set 2145550101 --daily-limit 7'")
    #expect(try await root.shell("stat -c %G /var/lib/callerid/* | sort -u") == "asterisk")

    // Installed once more, there is one user.
    try await root.shell(
      kind == "deb" ? "dpkg -i /tmp/callerid_*.deb" : "rpm -U --nodeps --replacepkgs /tmp/callerid-*.rpm")
    #expect(try await root.shell("grep -c ^callerid: /etc/passwd") == "1")
    #expect(try await root.shell("id -nG callerid") == "callerid asterisk")
  }

  /// A program in the place of `callerid-server`, started by a real systemd with the units as they are installed.
  @Test func aRestartRefusesNobodyAndTheServiceIsConfined() async throws {
    let repository = FileManager.default.currentDirectoryPath
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(atPath: repository + "/Tests/Fixtures/service", toPath: folder)
    let package = try FreshRoot.package("rpm")
    try FileManager.default.copyItem(atPath: package, toPath: folder + "/callerid.rpm")
    let booted = try await run(repository + "/Tests/tools/boot", [FreshRoot.folder("packaging"), folder])
    let lines = booted.output.split(separator: "\n")
    // Both kinds of calls got through the restarts, each by the descriptor of its name, and nothing else was answered.
    #expect(lines.filter { $0.hasPrefix("answer ") } == ["answer 4573 agi", "answer 8000 http"], "\(booted.output)")
    for line in [
      "user True watchdog 30000000", "setting 10.0.0.0/8", "import 0", "next 0", "boot 0", "outside 1", "reload",
      "left inactive",
    ] {
      #expect(lines.contains(line[...]), "\(line): \(booted.output)")
    }
  }

  /// Without systemd there is no service, and no user for it.
  @Test func withoutSystemdThereIsNoUser() async throws {
    let root = try await FreshRoot.withPackage("deb", in: "asterisk-22")
    try await root.shell("dpkg -i /tmp/callerid_*.deb")
    #expect(try await root.attempt("getent passwd callerid").status != 0)
  }
}
