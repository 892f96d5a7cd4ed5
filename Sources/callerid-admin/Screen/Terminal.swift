import Foundation
import Output
import Rotation

/// Standard output and standard error. Text is written without anything in it that could control a terminal.
enum Terminal {
  /// Prints one line of the result.
  static func print(_ line: String) { print([line]) }

  /// Prints lines of the result.
  static func print(_ lines: [String]) {
    for line in lines { write(TerminalText.safe(line) + "\n", to: .standardOutput) }
  }

  static func print(_ json: JSON) { print(json.description) }
  static func print(_ table: Table) { print(table.lines) }

  /// Prints a line for each pair, with the texts below one another.
  static func print(_ lines: [(title: String, text: String)]) {
    print(lines.map { title, text in title.padding(toLength: 16, withPad: " ", startingAt: 0) + text })
  }

  /// Writes a line for people to standard error.
  static func note(_ line: String) {
    write("callerid-admin: " + TerminalText.safe(line) + "\n", to: .standardError)
  }

  /// Writes which other names may have been meant, where some are not known.
  static func noteDoubts(_ names: [(name: String?, thing: NamedThing)], in store: Store) throws(StoreError) {
    for case (let name?, let thing) in names {
      if let doubt = try store.doubt(about: name, of: thing) { note(doubt) }
    }
  }

  /// Writes an error and exits with 1.
  static func fail(_ message: String) -> Never {
    note(message)
    exit(1)
  }

  /// Whether somebody can be asked.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks until the answer is yes or no; nil where the input ends.
  static func ask(_ question: String) -> Bool? {
    while true {
      write(TerminalText.safe(question) + " ", to: .standardError)
      switch readLine()?.lowercased() {
      case "y", "yes": return true
      case "n", "no": return false
      case nil: return nil
      default: continue
      }
    }
  }

  /// Asks once; anything but a clear yes is a no.
  static func isAgreed(_ question: String) -> Bool {
    write(TerminalText.safe(question) + " (y/N) ", to: .standardOutput)
    return ["y", "yes"].contains(readLine()?.lowercased())
  }

  /// Shows how far a long command is, on a line that the next call replaces. Nothing is shown where standard error is
  /// not a terminal.
  static func progress(_ text: String) {
    if isatty(STDERR_FILENO) == 1 { write("\r\u{1B}[K" + text, to: .standardError) }
  }

  /// Clears the line of the progress.
  static func endProgress() { progress("") }

  private static func write(_ text: String, to handle: FileHandle) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // For example, the disk is full that the output is redirected to: a report that is cut off must not look
      // complete.
      if handle === FileHandle.standardOutput { note("the output could not be written. Is the disk full?") }
      exit(1)
    }
  }
}
