import ArgumentParser
import Foundation
import Rotation

/// `--yes`, for commands that ask before they do what is hard to mend.
struct Confirmation: ParsableArguments {
  @Flag(help: "Do not ask. Without a terminal, as in a script or from cron, nothing is asked anyway.") var yes = false

  /// Asks whether it is to be done, where somebody sits before a terminal.
  ///
  /// - Parameter question: what would be lost, and whether it is meant. It is made only where it is asked.
  /// - Throws: `refused` for any answer but yes.
  func ask(_ question: () throws -> String) throws {
    guard !yes, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return }
    guard Terminal.isAgreed(try question()) else {
      throw StoreError(.failed, "nothing was changed", hint: "To do it without being asked, give --yes")
    }
  }
}
