package import NumberFiles
package import Rotation

extension ImportReport {
  /// The counts of the rows in one line.
  package var summary: String {
    "\(added) added, \(updated) updated, \(unchanged) unchanged, \(rejected.count) rejected"
  }
}

extension ImportReport {
  /// What the counts do not say, a line each.
  package var details: [String] {
    var lines: [String] = []
    if !disabled.isEmpty {
      let count = disabled.reduce(0) { $0 + $1.numbers }
      let words = disabled.map { "\($0.numbers) by " + ($0.word.isEmpty ? "an empty cell" : "\"\($0.word)\"") }
      let named = words.prefix(Self.mostWords).joined(separator: ", ")
      lines.append(
        "\(count) disabled, as the file says: \(named)"
          + (words.count > Self.mostWords ? " and \(words.count - Self.mostWords) other words" : ""))
    }
    if repeated > 0 { lines.append("\(repeated.counting("row")) joined to an earlier row of the same number") }
    return lines
  }

  private static let mostWords = 12
}

extension [ImportReport.Rejection] {
  /// How many rows of a file were rejected, such as `1 row rejected`.
  package var summary: String { count.counting("row") + " rejected" }

  /// Each row with its reason; where there are more than a screen has room for, each reason with its first rows.
  package func lines(unit: String) -> [String] {
    guard count > Self.mostLines else {
      return map { $0.line(unit: unit) }
    }
    var kinds: [String] = []
    var groups: [String: [ImportReport.Rejection]] = [:]
    for row in self {
      let kind = "\(row.column ?? ""):\(row.kind)"
      if groups[kind] == nil { kinds.append(kind) }
      groups[kind, default: []].append(row)
    }
    let sorted = kinds.compactMap { groups[$0] }.sorted { $0.count > $1.count }
    return sorted.prefix(Self.mostLines).map { rows in
      guard rows.count > 1 else { return rows[0].line(unit: unit) }
      let first = rows.prefix(5).map { String($0.line) }.joined(separator: ", ")
      return "\(rows.count) rows (\(unit == "line" ? "lines" : "entries") \(first)\(rows.count > 5 ? " …" : ""))"
        + ", such as " + rows[0].text
    }
      + (sorted.count > Self.mostLines
        ? ["\(sorted.count - Self.mostLines) other reasons; --json lists every row"] : [])
  }

  private static var mostLines: Int { 12 }
}

extension ImportReport.Rejection {
  fileprivate func line(unit: String) -> String { "\(unit) \(line): \(text)" }

  /// The number, what is wrong with it, and where.
  fileprivate var text: String { "\"\(value)\": \(reason)" + (column.map { " (column \($0))" } ?? "") }

  /// The reason without what differs from row to row.
  fileprivate var kind: String {
    var kind = ""
    var isQuoted = false
    for character in reason {
      if character == "\"" { isQuoted.toggle() }
      if !isQuoted, !character.isNumber { kind.append(character) }
    }
    return kind
  }
}

extension NumberFile {
  /// Why the file cannot be used before somebody has said what its words mean.
  package func refusalOfWords(command: String) -> StoreError {
    let words = unknownWords.map { "\"\($0.text)\" (\($0.rows.counting("row")), \(unit) \($0.line))" }
    let options = unknownWords.map { "--enabled-word \(ShellText.quoted($0.text))" }.joined(separator: " ")
    return StoreError(
      .refused,
      "\(name): the column \(unknownWords[0].column) has words that do not say whether a number is in use: "
        + words.joined(separator: ", "),
      hint: "Nothing was changed. Say it for each, with --enabled-word or --disabled-word: callerid-admin "
        + "\(command) \(options)")
  }
}

extension RestFile {
  /// What became of the rest of the file, a line each.
  package var details: [String] {
    [
      (unknownNumbers, "\(unknownNumbers.counting("number")) of the file not in the store"),
      (rowsLeftOut, "\(rowsLeftOut.counting("row")) left out by --where"),
      (numbersBelow, "\(numbersBelow.counting("number")) left out by --at-least"),
      (rejected.count, "\(rejected.count.counting("row")) without a number that can be read"),
    ].filter { $0.0 > 0 }.map(\.1)
  }
}

extension BackupReport {
  /// What the backup contains, and which older backups were removed for it.
  package var summary: String {
    "\(path): \(contents.summary), \(bytes / 1024) KB"
      + (removed.isEmpty ? "" : "; removed \(removed.joined(separator: ", "))")
  }
}

extension StoreContents {
  /// How many numbers and requests a store contains.
  package var summary: String { numbers.counting("number") + ", " + requests.counting("request") }
}

extension ResetReport {
  /// Whose usage was cleared.
  package var cleared: String {
    "\(numbers.counting("number")), \(campaigns.counting("campaign")) and \(agents.counting("agent"))"
  }

  /// How many finished days were archived.
  package var archived: String { archivedDays.counting("day") }

  /// How many requests were deleted from the request log.
  package var pruned: String { prunedRequests.counting("request") }
}

extension LaneReport {
  /// What was wrong with the lanes, in words that need no knowledge of lanes.
  package var summary: String {
    "\(missing.counting("number")) missing, \(stray.counting("stray entry", "stray entries")), "
      + "\(miscounted.counting("pool")) miscounted"
  }
}

extension UndoReport {
  /// The counts in one line.
  package var summary: String {
    "\(takenBack) as before" + (disabled.isEmpty ? "" : ", \(disabled.count) disabled")
      + (left.isEmpty ? "" : ", \(left.count) left as they are")
  }
}
