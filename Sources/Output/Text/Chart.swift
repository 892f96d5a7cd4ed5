import Foundation

/// Small charts made of characters: Unicode's block characters where they can be shown, ASCII otherwise.
package struct Chart {
  package let hasBlocks: Bool

  package init(hasBlocks: Bool) { self.hasBlocks = hasBlocks }

  /// For standard output: block characters where it is a terminal and the locale uses UTF-8.
  package static var forOutput: Chart {
    Chart(hasBlocks: isatty(STDOUT_FILENO) == 1 && isUTF8(ProcessInfo.processInfo.environment))
  }

  /// Whether the locale uses UTF-8, by the first of POSIX's variables that is set (XBD 8.2).
  package static func isUTF8(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }

  /// One character for each value, higher for a larger value. Only 0 is a space.
  package func sparkline(_ values: [Int]) -> String {
    let steps = Array(hasBlocks ? "▁▂▃▄▅▆▇█" : ".:-=+*#@")
    let most = max(values.max() ?? 0, 1)
    return String(values.map { $0 <= 0 ? " " : steps[($0 * steps.count - 1) / most] })
  }

  /// A bar of `width` columns for the value `most`, and proportionally shorter for others. Only 0 has no bar at all.
  package func bar(_ value: Int, most: Int, width: Int) -> String {
    guard value > 0, most > 0 else { return "" }
    guard hasBlocks else { return String(repeating: "#", count: max(1, value * width / most)) }
    let eighths = max(1, value * width * 8 / most)
    let rest = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
    return String(repeating: "█", count: eighths / 8) + rest
  }
}
