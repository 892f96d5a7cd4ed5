import Foundation
import TestSupport

/// What Asterisk's user does to root, in a moment in which root's program stands still.
enum Attack: String, CaseIterable, Sendable {
  case linkAtFolder = "a link in the folder's place"
  case rootsFolderAtFolder = "a folder of root's in the folder's place"
  case linksAtFiles = "links in the files' places"
  case rootsFileAtNewest = "a file of root's in the newest file's place"
  case rootsFileAtStore = "a file of root's in the store's place"
  case hardLink = "a second name of a file of root's"
  case journal = "a journal that names a file of root's"
  case linkAtBackups = "a link in the place of the backups"
  case rootsFolderAtBackups = "a folder of root's in the place of the backups"
  case linkAtPrograms = "a link in the place of the AGI programs"
  case rootsFolderAtPrograms = "a folder of root's in the place of the AGI programs"

  /// Perl, since it starts in some milliseconds. What cannot be done is not done: the files may not be there yet.
  private static let script = #"""
    my ($attack, $home, $secret) = @ARGV;
    my $folder = "$home/callerid";
    # renameat2(2) with RENAME_EXCHANGE.
    sub exchange { syscall(NUMBER, -100, $_[0], -100, $_[1], 2) == 0 or rename($_[0], $_[1]) }
    sub plant { rename($_[0], "$home/away-" . rand()); symlink($_[1], $_[0]) }
    my @files = grep { -f } glob("$folder/* $folder/backups/*");
    if ($attack eq "linkAtFolder") { plant($folder, $secret) }
    if ($attack eq "rootsFolderAtFolder") { exchange("$home/private", $folder) }
    if ($attack eq "linksAtFiles") { plant($_, "$secret/file") for @files }
    if ($attack eq "rootsFileAtNewest") { my @new = sort { -C $a <=> -C $b } @files; exchange("$home/own", $new[0]) }
    if ($attack eq "rootsFileAtStore") { exchange("$home/own", "$folder/callerid.db") }
    if ($attack eq "hardLink") { unlink("$folder/callerid.db-lock"); link("$home/own", "$folder/callerid.db-lock") }
    if ($attack eq "journal") {
      unlink("$folder/callerid.db-wal", "$folder/callerid.db-shm");
      my $name = "$secret/file";
      my $sum = 0; $sum += ord for split(//, $name);
      my $magic = pack("H*", "d9d505f920a163d7");
      open(my $journal, ">", "$folder/callerid.db-journal");
      print $journal pack("a512", $magic . pack("N5", 0, 1, 1, 512, 1024)),
        pack("N", 0x40000000 / 1024 + 1), $name, pack("N2", length($name), $sum), $magic;
    }
    if ($attack eq "linkAtBackups") { plant("$folder/backups", $secret) }
    if ($attack eq "rootsFolderAtBackups") { exchange("$home/private", "$folder/backups") }
    if ($attack eq "linkAtPrograms") { plant("$home/agi-bin", $secret) }
    if ($attack eq "rootsFolderAtPrograms") { exchange("$home/private", "$home/agi-bin") }
    """#

  func run(on ground: Ground) async throws {
    #if arch(x86_64)
      let number = "316"
    #else
      let number = "276"
    #endif
    let user = "\(Ground.asterisk)"
    let finished = try await TestSupport.run(
      "/usr/bin/setpriv",
      ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/perl", "-e"]
        + [Self.script.replacing("NUMBER", with: number), "\(self)", ground.home, ground.secret])
    guard finished.status == 0 else { throw Failure("\(rawValue): \(finished.errors)") }
  }
}
