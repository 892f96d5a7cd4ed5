import ArgumentParser
import Foundation
import Rotation

/// Makes a store as a week of a call centre's work leaves it, for tests and for showing the product.
@main
struct CalleridWeek: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "callerid-week",
    abstract: "Make a store as a week of a busy call centre leaves it, and let calls come in.",
    discussion: """
      No row is written past the product: numbers are imported, campaigns are set, and calls are picked and released by \
      the operations that callerid-admin, callerid-agi and callerid-server use. Only the clock is a made-up one.
        callerid-week make /tmp/week.db
        callerid-week make /tmp/small.db --numbers 2000 --calls 60000
        callerid-week live /tmp/week.db --rate 5
      """,
    subcommands: [Make.self, Live.self])

  static func main() {
    Store.useOneThread()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as StoreError {
      FileHandle.standardError.write(Data("callerid-week: \(error.description)\n".utf8))
      exit(withError: ExitCode(1))
    } catch {
      exit(withError: error)
    }
  }
}
