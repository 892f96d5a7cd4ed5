import Foundation
import TestSupport
import Testing

/// The Debian package of `make deb`, installed into a fresh root and removed from it. Only root can mount one; without
/// root the Makefile says that this is left out.
@Suite(.timeLimit(.minutes(4)), .enabled(if: getuid() == 0))
struct PackageTests {
  private let agiBin = "/usr/share/asterisk/agi-bin"
  private let store = "/var/lib/callerid/callerid.db"

  private func freshRoot(_ name: String = "asterisk-22") async throws -> FreshRoot {
    try await FreshRoot.withPackage("deb", in: name)
  }

  private let install = "dpkg -i /tmp/callerid_*.deb"

  @Test func lintianHasNothingToSay() async throws {
    let root = try await freshRoot("packaging")
    let said = try await root.attempt("lintian --allow-root --fail-on error,warning /tmp/callerid_*.deb")
    #expect(said.status == 0, "\(said.output)\(said.errors)")
    #expect(!said.output.contains("callerid"), "\(said.output)")
  }

  @Test func aCallGoesThroughItAndItsDataOutlivesIt() async throws {
    let root = try await freshRoot()
    try await root.shell(install)
    // The folder waits for a store, and nothing has made one.
    #expect(try await root.shell("stat -c '%U:%G %a' /var/lib/callerid") == "asterisk:asterisk 2770")
    #expect(try await root.shell("ls -A /var/lib/callerid").isEmpty)
    let enabled = try await root.attempt("ls /etc/systemd/system/timers.target.wants/callerid-reset.timer")
    #expect(enabled.status != 0)
    try await root.runCronLines()

    try await root.shell("callerid-admin init --owner asterisk:asterisk")
    try await root.shell("callerid-admin import -", input: "caller_id\n2145550101\n2145550102\n")
    let lines = try await root.callThroughAsterisk()
    #expect(lines == ["SUCCESS OK 2145550101", "SUCCESS OK 2145550102"])
    try await root.runCronLines()

    // Installed over itself, as an upgrade is: the store is looked after, by its owner.
    let again = try await root.shell(install)
    #expect(again.contains("callerid.db exists and is up to date"), "\(again)")
    let owners = try await root.shell("stat -c %U:%G /var/lib/callerid/* | sort -u")
    #expect(owners == "asterisk:asterisk")

    let sum = try await root.shell("sha256sum \(store)")
    try await root.shell("dpkg -r callerid")
    #expect(try await root.shell("sha256sum \(store)") == sum)
    #expect(try await root.shell("ls -A \(agiBin)").isEmpty)
    // Its cron file is left, and quiet.
    try await root.runCronLines()
    let purged = try await root.shell("dpkg -P callerid")
    #expect(purged.contains("/var/lib/callerid is kept"))
    #expect(try await root.shell("sha256sum \(store)") == sum)
    let left = try await root.shell(
      "find /usr /etc /var -name '*callerid*' ! -path '/var/lib/callerid*' ! -name func_callerid.so")
    #expect(left.isEmpty)
  }

  @Test func whatTheAdministratorHasStays() async throws {
    let root = try await freshRoot()
    try await root.shell("echo mine > \(agiBin)/get_callerid.sh")
    try await root.shell(install)
    #expect(try await root.shell("cat \(agiBin)/get_callerid.sh") == "mine")
    #expect(try await root.shell("readlink \(agiBin)/get_callerid.py") == "callerid-agi")
    try await root.shell("dpkg -P callerid")
    #expect(try await root.shell("ls -A \(agiBin)") == "get_callerid.sh")
    // A folder without a store is the package's to take away.
    #expect(try await root.attempt("ls /var/lib/callerid").status != 0)

    // Something else in the place of a store does not stop an installation, and stays what it is.
    try await root.shell("mkdir /var/lib/callerid && echo else > \(store)")
    let installed = try await root.attempt(install)
    #expect(installed.status == 0, "\(installed.errors)")
    #expect(installed.errors.contains("\(store) is not usable as it is"))
    #expect(try await root.shell("cat \(store)") == "else")
    try await root.shell("dpkg -P callerid && rm -r /var/lib/callerid")

    // Without the user asterisk, init makes the folder for whom it is told.
    try await root.shell("sed -i /^asterisk:/d /etc/passwd")
    try await root.shell(install)
    #expect(try await root.attempt("ls /var/lib/callerid").status != 0)
    try await root.shell("callerid-admin init --owner daemon")
    #expect(try await root.shell("stat -c %U /var/lib/callerid") == "daemon")
  }

  @Test func theManualAndTheCompletionsKnowEveryCommand() async throws {
    let root = try await freshRoot()
    try await root.shell(install)
    let manual = try await root.shell("zcat /usr/share/man/man8/callerid-admin.8.gz")
    let help = try await root.shell("callerid-admin --help")
    let commands = help.split(separator: "\n").compactMap { line in
      line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first.map(String.init) : nil
    }.filter { $0.allSatisfy { $0.isLowercase || $0 == "-" } && !$0.hasPrefix("-") && $0 != "callerid-admin" }
    try #require(commands.contains("reset-usage"), "\(commands)")
    for command in commands {
      let isThere = manual.contains("\n.SS \(command.replacing("-", with: "\\-"))\n")
      #expect(isThere, "\(command)")
      for file in [
        "bash-completion/completions/callerid-admin", "zsh/vendor-completions/_callerid-admin",
        "fish/vendor_completions.d/callerid-admin.fish",
      ] {
        let searched = try await root.attempt("grep -qw -e '\(command)' /usr/share/\(file)")
        #expect(searched.status == 0, "\(command) in \(file)")
      }
    }
    // callerid-agi names its options where it is given one that it does not know.
    let refused = try await root.attempt("/usr/lib/callerid/callerid-agi '' '' x=y", input: AsteriskCall().input)
    let known = try #require(refused.output.split(separator: "the options are ").last)
    let options = known.prefix { $0 != "\"" && $0 != "\\" }
    try #require(options.contains("respect-existing"), "\(refused.output)")
    let page = try await root.shell("zcat /usr/share/man/man8/callerid-agi.8.gz")
    for option in options.split(separator: ", ") {
      let name = "\\fB" + option.replacing("-", with: "\\-")
      let isThere = page.contains("\n\(name)") || page.contains("\(name)=")
      #expect(isThere, "\(option)= is not in callerid-agi(8)")
    }
    let completion = "/usr/share/bash-completion/completions/callerid-admin"
    #expect(try await root.shell("bash -c '. \(completion); complete -p callerid-admin'").hasSuffix("callerid-admin"))
  }
}
