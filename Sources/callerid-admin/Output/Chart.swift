import Foundation

/// Numbers as pictures: in Unicode's blocks where the terminal shows them, in ASCII otherwise.
struct Chart {
  let hasBlocks: Bool

  /// Blocks where standard output is a terminal, and the locale's characters are UTF-8.
  static var forOutput: Chart {
    Chart(hasBlocks: isatty(STDOUT_FILENO) == 1 && isUTF8(ProcessInfo.processInfo.environment))
  }

  /// By the first of POSIX's variables that is set (XBD 8.2).
  static func isUTF8(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }

  /// One character a value, the higher the more; a space only for 0.
  func sparkline(_ values: [Int]) -> String {
    let steps = Array(hasBlocks ? "▁▂▃▄▅▆▇█" : ".:-=+*#@")
    let most = max(values.max() ?? 0, 1)
    return String(values.map { $0 <= 0 ? " " : steps[($0 * steps.count - 1) / most] })
  }

  /// A bar as long as the value is of the most, at least a sliver for more than 0.
  func bar(_ value: Int, most: Int, width: Int) -> String {
    guard value > 0, most > 0 else { return "" }
    guard hasBlocks else { return String(repeating: "#", count: max(1, value * width / most)) }
    let eighths = max(1, value * width * 8 / most)
    let rest = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
    return String(repeating: "█", count: eighths / 8) + rest
  }
}
