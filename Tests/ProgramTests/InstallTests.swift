import Foundation
import TestSupport
import Testing

/// `make install` and `make uninstall`.
@Suite(.timeLimit(.minutes(2)))
struct InstallTests {
  /// A value of a file becomes a part of commands that root runs.
  @Test(arguments: ["/agi$(touch FOLDER/run)", "/agi`touch FOLDER/run`", "/agi\"; touch FOLDER/run; \"", "/my agi"])
  func aFolderThatIsNotAPlainPathIsRefused(value: String) async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let configuration = folder + "/asterisk.conf"
    try Data("astagidir => \(value.replacing("FOLDER", with: folder))\n".utf8).write(
      to: URL(fileURLWithPath: configuration))
    for target in ["install", "uninstall"] {
      let made = try await run(
        "/usr/bin/make",
        ["-C", FileManager.default.currentDirectoryPath, target, "DESTDIR=\(folder)", "ASTERISK_CONF=\(configuration)"])
      #expect(made.status == 2)
      #expect(made.errors.contains("is not a path of letters"), "\(made.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["asterisk.conf"])
  }

  private let repository = FileManager.default.currentDirectoryPath

  private func make(
    _ target: String, into folder: String, agi: String = "AGIDIR=/agi-bin"
  ) async throws -> Finished {
    try await run(
      "/usr/bin/make", ["-C", repository, target, "DESTDIR=\(folder)", "PREFIX=/usr", agi, "CRONDIR=/etc/cron.d"])
  }

  /// Lines of Asterisk's own configuration, and the folder that each names.
  static let configurations: [(text: String, folder: String)] = [
    (
      "[directories](!)\nastetcdir => /etc/asterisk\nastagidir => /usr/share/asterisk/agi-bin\n",
      "/usr/share/asterisk/agi-bin"
    ),
    ("astagidir=/srv/agi", "/srv/agi"),
    ("\tastagidir\t=>\t/srv/agi  ; here, as VICIdial wants it\n", "/srv/agi"),
    (";astagidir => /elsewhere\nastagidir => /srv/agi;\nastagidir => /second\n", "/srv/agi"),
    ("[options]\nrunuser = asterisk\n", "/var/lib/asterisk/agi-bin"),
    ("astagidir =>\n", "/var/lib/asterisk/agi-bin"),
  ]

  @Test(arguments: configurations.indices) func theFolderOfAsterisksConfigurationIsFound(index: Int) async throws {
    let (text, expected) = Self.configurations[index]
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/asterisk.conf"))
    let installed = try await make("install", into: folder, agi: "ASTERISK_CONF=\(folder)/asterisk.conf")
    try #require(installed.status == 0, "\(installed.errors)")
    #expect(FileManager.default.isExecutableFile(atPath: "\(folder)\(expected)/callerid-agi"), "\(installed.output)")
  }

  @Test func everythingIsPutInPlaceAndTakenAwayAgain() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for time in 1...2 {
      let installed = try await make("install", into: folder)
      try #require(installed.status == 0, "\(installed.errors)")
      #expect(installed.output.contains("kept: \(folder)/etc/callerid/server.env") == (time == 2))
    }
    for program in ["/usr/bin/callerid-admin", "/agi-bin/callerid-agi"] {
      #expect(FileManager.default.isExecutableFile(atPath: folder + program))
    }
    for link in ["get_callerid.sh", "get_callerid.py"] {
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/agi-bin/\(link)") == "callerid-agi")
    }
    let cron = try String(contentsOfFile: folder + "/etc/cron.d/callerid", encoding: .utf8)
    #expect(cron.contains("PATH=/usr/bin:"))
    for file in [
      "doc/callerid/dialplan-examples/release.conf", "man/man8/callerid-admin.8", "man/man8/callerid-agi.8",
      "bash-completion/completions/callerid-admin", "zsh/site-functions/_callerid-admin",
      "fish/vendor_completions.d/callerid-admin.fish",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/usr/share/\(file)"), "\(file)")
    }
    let unit = try String(contentsOfFile: folder + "/usr/lib/systemd/system/callerid-reset.service", encoding: .utf8)
    #expect(unit.contains("ExecStart=/usr/bin/callerid-admin"))
    let server = folder + "/usr/lib/systemd/system/callerid-server.service"
    let service = try String(contentsOfFile: server, encoding: .utf8)
    #expect(service.contains("ExecStart=/usr/bin/callerid-server\n"))
    for file in ["/usr/lib/sysusers.d/callerid.conf", "/etc/callerid/server.env"] {
      #expect(FileManager.default.fileExists(atPath: folder + file), "\(file)")
    }
    #expect(try await make("uninstall", into: folder).status == 0)
    let left = try await run("/usr/bin/find", [folder, "!", "-type", "d"])
    #expect(left.output.isEmpty)
  }

  /// The folder of AGI programs belongs to Asterisk's user, and root installs into it.
  @Test(.enabled(if: getuid() == 0), arguments: ["callerid-agi", "get_callerid.sh", ""])
  func noLinkOfAsterisksUserLeadsElsewhere(name: String) async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let secret = try Secret()
    let agi = folder + "/agi-bin"
    try FileManager.default.createDirectory(
      atPath: name.isEmpty ? folder : agi, withIntermediateDirectories: true)
    let planted = name.isEmpty ? agi : agi + "/" + name
    symlink(secret.folder, planted)
    for path in [folder, agi, planted] { lchown(path, 61_234, 61_234) }
    let installed = try await make("install", into: folder)
    #expect(try secret.isUntouched())
    #expect(installed.status == (name.isEmpty ? 2 : 0), "\(installed.errors)")
    if name.isEmpty {
      #expect(installed.errors.contains("is a symbolic link of another user's"), "\(installed.errors)")
    } else {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: planted)
      #expect(target == (name == "callerid-agi" ? nil : "callerid-agi"))
      #expect(FileManager.default.isExecutableFile(atPath: agi + "/callerid-agi"))
    }
  }

  @Test(.enabled(if: getuid() == 0)) func aFolderThatIsThereKeepsItsOwnerAndMode() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let agi = folder + "/agi-bin"
    try FileManager.default.createDirectory(atPath: agi, withIntermediateDirectories: true)
    chown(agi, 61_234, 61_234)
    chmod(agi, 0o2750)
    #expect(try await make("install", into: folder).status == 0)
    var status = stat()
    #expect(stat(agi, &status) == 0 && status.st_uid == 61_234 && status.st_mode & 0o7777 == 0o2750)
    #expect(stat(agi + "/callerid-agi", &status) == 0 && status.st_mode & 0o7777 == 0o755)
  }

  @Test func aScriptOfTheOperatorsOwnIsKept() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = folder + "/agi-bin/get_callerid.sh"
    try FileManager.default.createDirectory(atPath: folder + "/agi-bin", withIntermediateDirectories: true)
    try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: script))
    #expect(try await make("install", into: folder).status == 0)
    #expect(try await make("uninstall", into: folder).status == 0)
    #expect(try String(contentsOfFile: script, encoding: .utf8) == "#!/bin/sh\n")
  }
}
