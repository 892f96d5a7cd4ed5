/// Aligned columns for people.
struct Table {
  let titles: [String]
  let isNumber: [Bool]
  let rows: [[String]]

  func print() {
    for line in lines { Terminal.print(line) }
  }

  /// The titles, then the rows.
  var lines: [String] {
    let cells = [titles] + rows.map { $0.map(Terminal.safe) }
    let widths = titles.indices.map { column in cells.map { Self.width($0[column]) }.max() ?? 0 }
    return cells.map { row in
      let padded = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - Self.width(row[column]))
        return isNumber[column] ? padding + row[column] : row[column] + padding
      }
      let line = padded.joined(separator: "  ")
      return String(line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex))
    }
  }

  /// The places that a text takes on a terminal: two for each character of the East Asian scripts and for emoji.
  static func width(_ text: String) -> Int {
    text.reduce(0) { width, character in
      switch character.unicodeScalars.first?.value ?? 0 {
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        width + 2
      default: width + 1
      }
    }
  }

  /// As much of a text as so many places on a terminal hold.
  static func cut(_ text: String, to places: Int) -> String {
    var left = places
    return String(
      text.prefix { character in
        left -= width(String(character))
        return left >= 0
      })
  }
}
