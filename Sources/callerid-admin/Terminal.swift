import Foundation

/// What people read: standard output and standard error, with nothing in it that a terminal would obey.
enum Terminal {
  static func print(_ text: String) {
    write(text + "\n", to: .standardOutput)
  }

  /// For people, not for programs that read the output.
  static func note(_ text: String) {
    write("callerid-admin: " + text + "\n", to: .standardError)
  }

  static func fail(_ message: String) -> Never {
    note(safe(message))
    exit(1)
  }

  /// One line about work under way, where somebody is watching.
  static func progress(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    write("\r\u{1B}[K" + text, to: .standardError)
  }

  static func endProgress() {
    guard isatty(STDERR_FILENO) == 1 else { return }
    write("\r\u{1B}[K", to: .standardError)
  }

  /// Control characters, with which a name in the store could drive the terminal, become visible.
  static func safe(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func write(_ text: String, to handle: FileHandle) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // A full disk behind a redirection, say: a report that is cut off must not pass for a whole one.
      exit(1)
    }
  }
}
