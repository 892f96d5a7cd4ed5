import Foundation
import TestSupport
import Testing

/// The RPM of `make rpm`, installed into a fresh root and removed from it. The root is Debian's, so what it is said to
/// depend on is looked at instead of being there. Only root can mount one; without root the Makefile says that this is
/// left out.
@Suite(.timeLimit(.minutes(4)), .enabled(if: getuid() == 0))
struct RpmTests {
  private let repository = FileManager.default.currentDirectoryPath
  private let agi = "/usr/libexec/callerid/callerid-agi"
  private let store = "/var/lib/callerid/callerid.db"
  private let install = "rpm -i --nodeps /tmp/callerid-*.rpm"

  private func freshRoot() async throws -> FreshRoot { try await FreshRoot.withPackage("rpm", in: "packaging") }

  @Test func rpmlintHasNothingToSay() async throws {
    let root = try await freshRoot()
    try await root.bring(repository + "/packaging/rpm/rpmlint.toml")
    let said = try await root.attempt("rpmlint --config /tmp/rpmlint.toml /tmp/callerid-*.rpm")
    #expect(said.status == 0, "\(said.output)\(said.errors)")
    #expect(said.output.contains("0 errors, 0 warnings"), "\(said.output)")
  }

  /// What keeps packages of others from being installed on openSUSE or AlmaLinux.
  @Test func nothingInItKeepsItFromBeingInstalledElsewhere() async throws {
    let root = try await freshRoot()
    // No name of another package, and nothing that rpm 4.11 of CentOS 7 cannot do, such as a payload in zstd.
    let wanted = try await root.shell("rpm -qp --requires /tmp/callerid-*.rpm | sed 's/ .*//' | sort -u")
    let known = ["CompressedFileNames", "FileDigests", "PayloadFilesHavePrefix", "PayloadIsXz"].map { "rpmlib(\($0))" }
    #expect(wanted.split(separator: "\n").map(String.init) == ["/bin/sh"] + known)

    // Everything is root's, for users are known only on the machine. Folders of others are not in it, no folder of
    // Asterisk's, and no link by build ID.
    let format = "[%{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEMODES:perms} %{FILENAMES}\\n]"
    let files = try await root.shell("rpm -qp --qf '\(format)' /tmp/callerid-*.rpm").split(separator: "\n")
    #expect(files.count > 20)
    for file in files {
      #expect(file.hasPrefix("root:root "), "\(file)")
      #expect(file.contains("callerid"), "\(file)")
      #expect(!file.contains("agi-bin") && !file.contains("build-id"), "\(file)")
    }
    let settings = try await root.shell("rpm -qpc /tmp/callerid-*.rpm")
    #expect(settings == "/etc/callerid/server.env\n/etc/cron.d/callerid")
  }

  @Test func aCallGoesThroughItAndItsDataOutlivesIt() async throws {
    let root = try await freshRoot()
    try await root.shell(install)
    // The folder waits for a store, and nothing has made one.
    #expect(try await root.shell("stat -c '%U:%G %a' /var/lib/callerid") == "asterisk:asterisk 2770")
    #expect(try await root.shell("ls -A /var/lib/callerid").isEmpty)
    try await root.runCronLines()

    try await root.shell("callerid-admin init --owner asterisk:asterisk")
    try await root.shell("callerid-admin import -", input: "caller_id\n2145550101\n2145550102\n")
    // Debian's Asterisk looks where EPEL's does.
    let lines = try await root.callThroughAsterisk()
    #expect(lines == ["SUCCESS OK 2145550101", "SUCCESS OK 2145550102"])
    try await root.runCronLines()
    let owners = try await root.shell("stat -c %U:%G /var/lib/callerid/* | sort -u")
    #expect(owners == "asterisk:asterisk")
    let changed = try await root.attempt("rpm -V --nodeps callerid")
    #expect(changed.output.isEmpty, "\(changed.output)")

    let sum = try await root.shell("sha256sum \(store)")
    let removed = try await root.shell("rpm -e callerid")
    #expect(removed.contains("/var/lib/callerid is kept"))
    #expect(try await root.shell("sha256sum \(store)") == sum)
    let left = try await root.shell(
      "find /usr /etc /var -name '*callerid*' ! -path '/var/lib/callerid*' ! -name func_callerid.so")
    #expect(left.isEmpty)
  }

  @Test func anUpgradeKeepsTheLinksAndBringsTheStoreUpToDate() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let build = "RPMBUILD=$(Tests/tools/fetch-rpmbuild $PWD/.build/rpmbuild) RELEASE=2 packaging/build-rpm \(folder)"
    let built = try await run("/bin/sh", ["-c", build])
    try #require(built.status == 0, "\(built.errors)")
    let next = try #require(built.output.split(separator: "\n").last)

    let root = try await freshRoot()
    try await root.shell(install)
    let old = folder + "/callerid.db"
    try execute(try String(contentsOfFile: repository + "/Tests/Fixtures/schema-1.sql", encoding: .utf8), on: old)
    try await root.bring(old)
    try await root.shell("install -o asterisk -g asterisk -m 660 /tmp/callerid.db \(store)")
    try await root.shell("echo '# mine' >> /etc/cron.d/callerid; echo CALLERID_AGI=[::1]:1 >> /etc/callerid/server.env")

    try await root.bring(String(next))
    let upgraded = try await root.shell("rpm -U --nodeps /tmp/callerid-*-2.*.rpm")
    #expect(upgraded.contains("up to date from schema 1"), "\(upgraded)")
    #expect(try await root.shell("rpm -q --qf '%{RELEASE}' callerid") == "2")
    #expect(try await root.shell("stat -c %U:%G /var/lib/callerid/* | sort -u") == "asterisk:asterisk")
    #expect(try await root.shell("readlink -f /usr/share/asterisk/agi-bin/get_callerid.py") == agi)
    let last = try await root.shell("tail -qn 1 /etc/cron.d/callerid /etc/callerid/server.env")
    #expect(last == "# mine\nCALLERID_AGI=[::1]:1")
  }

  /// VICIdial's installers build Asterisk with its own folders, and start it as root; there is no user for it.
  @Test(arguments: ["root", "callerid"]) func vicidialsAsteriskIsServedAsRoot(owner: String) async throws {
    let root = try await freshRoot()
    let agiBin = "/var/lib/asterisk/agi-bin"
    try await root.shell(
      """
      sed -i /^asterisk:/d /etc/passwd /etc/group
      mkdir -p \(agiBin) && echo vicidial > \(agiBin)/agi-VDAD_ALL_outbound.agi && chown -R root:root /var/lib/asterisk
      chown -R root:root /etc/asterisk
      sed -i 's|^astagidir.*|astagidir => \(agiBin)|; s|^.directories.*|[directories]|' /etc/asterisk/asterisk.conf
      """)
    let installed = try await root.attempt(install)
    #expect(installed.status == 0 && !installed.errors.contains("asterisk"), "\(installed.errors)")
    #expect(try await root.attempt("ls /var/lib/callerid").status != 0)
    try await root.runCronLines()
    try await root.shell("callerid-admin init" + (owner == "root" ? "" : " --owner \(owner):\(owner)"))
    try await root.shell("callerid-admin import -", input: "caller_id\n2145550101\n2145550102\n")
    let lines = try await root.callThroughAsterisk(as: "root")
    #expect(lines == ["SUCCESS OK 2145550101", "SUCCESS OK 2145550102"])
    try await root.runCronLines()
    #expect(try await root.shell("stat -c %U /var/lib/callerid /var/lib/callerid/* | sort -u") == owner)
    try await root.shell("rpm -e callerid")
    #expect(try await root.shell("ls \(agiBin)") == "agi-VDAD_ALL_outbound.agi")
  }

  @Test func whatTheAdministratorHasStays() async throws {
    let root = try await freshRoot()
    let agiBin = "/usr/share/asterisk/agi-bin"
    // A script of their own, and what make install left before.
    try await root.shell("echo mine > \(agiBin)/get_callerid.sh && echo old > \(agiBin)/callerid-agi")
    try await root.shell("mkdir -p /etc/cron.d && echo '# mine' > /etc/cron.d/callerid")
    try await root.shell("mkdir /var/lib/callerid && echo else > \(store)")
    let installed = try await root.attempt(install)
    #expect(installed.status == 0, "\(installed.errors)")
    // Something else in the place of a store does not stop an installation, and stays what it is.
    #expect(installed.errors.contains("\(store) is not usable as it is"), "\(installed.errors)")
    #expect(try await root.shell("cat \(store) \(agiBin)/get_callerid.sh /etc/cron.d/callerid") == "else\nmine\n# mine")
    #expect(try await root.shell("readlink \(agiBin)/callerid-agi") == agi)
    try await root.shell("rm \(agiBin)/callerid-agi && echo later > \(agiBin)/callerid-agi")
    try await root.shell("rpm -e callerid")
    #expect(try await root.shell("cat \(agiBin)/get_callerid.sh \(agiBin)/callerid-agi") == "mine\nlater")
  }

  /// The folder belongs to Asterisk's user, or the configuration names something else.
  @Test(arguments: ["", "/srv/agi$(touch /secret/run)"]) func noFolderLeadsItAstray(named: String) async throws {
    let root = try await freshRoot()
    try await root.shell("mkdir /secret")
    if named.isEmpty {
      try await root.shell(
        "cd /usr/share/asterisk && rmdir agi-bin && ln -s /secret agi-bin && chown -h asterisk agi-bin")
    } else {
      try await root.shell("echo 'astagidir => \(named)' > /etc/asterisk/asterisk.conf")
    }
    let installed = try await root.attempt(install)
    #expect(installed.status == 0)
    #expect(installed.errors.contains("link \(agi) into the folder that astagidir names"), "\(installed.errors)")
    try await root.shell("rpm -e callerid")
    #expect(try await root.shell("ls -A /secret").isEmpty)
  }
}
