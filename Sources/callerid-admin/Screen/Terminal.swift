import Foundation
import Rotation

/// Standard output and standard error, with nothing in them that a terminal would obey.
enum Terminal {
  /// A line of what was asked for.
  static func print(_ line: String) {
    write(safe(line) + "\n", to: .standardOutput)
  }

  /// A line for people beside it.
  static func note(_ line: String) {
    write("callerid-admin: " + safe(line) + "\n", to: .standardError)
  }

  static func fail(_ message: String) -> Never {
    note(message)
    exit(1)
  }

  /// How far a long work is, where somebody is watching.
  static func progress(_ text: String) {
    if isWatched { write("\r\u{1B}[K" + text, to: .standardError) }
  }

  static func endProgress() { progress("") }

  private static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

  /// Control characters, with which a name in the store could drive the terminal, become visible.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: CallerText.isUnsafe) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { CallerText.isUnsafe($0) ? "\u{FFFD}" : $0 }))
  }

  private static func write(_ text: String, to handle: FileHandle) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // A full disk behind a redirection, say: a report that is cut off must not pass for a whole one.
      if handle === FileHandle.standardOutput { note("the output could not be written. Is the disk full?") }
      exit(1)
    }
  }
}
