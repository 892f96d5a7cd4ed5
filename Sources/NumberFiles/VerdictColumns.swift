/// Finds the columns of a file whose values tell flagged numbers from clean ones.
///
/// A report on the reputation of numbers lists all of them, and to rest all of them would leave the clean ones unused.
struct VerdictColumns {
  /// What a column holds, each value as it is first written, with its count.
  private struct Column {
    var values: [String: (text: String, rows: Int)] = [:]
    var order: [String] = []
  }

  /// How many values of a column are kept. A verdict has few.
  private static let mostValues = 30

  private let header: [String]
  private let passed: Set<Int>
  private var columns: [Column]

  /// - Parameter passed: the columns of numbers and reasons, which are none.
  init(header: [String], passing passed: Set<Int>) {
    self.header = header
    self.passed = passed
    columns = Array(repeating: Column(), count: header.count)
  }

  mutating func add(_ cells: [String]) {
    for index in columns.indices where !passed.contains(index) && columns[index].order.count <= Self.mostValues {
      let cell = index < cells.count ? cells[index] : ""
      let key = RestCondition.key(cell)
      if columns[index].values[key] == nil {
        columns[index].order.append(key)
        columns[index].values[key] = (CellText.plain(cell), 0)
      }
      columns[index].values[key]?.rows += 1
    }
  }

  /// What a column holds: `Status (Flagged in 3 rows, Clean in 7)`.
  func text(_ index: Int) -> String {
    let values = columns[index].order.prefix(8).compactMap { columns[index].values[$0] }.enumerated().map {
      "\($1.text.isEmpty ? "an empty cell" : $1.text) in \($1.rows)"
        + ($0 == 0 ? ($1.rows == 1 ? " row" : " rows") : "")
    }
    let more = columns[index].order.count > 8 ? ", …" : ""
    return "\(header[index]) (\(values.joined(separator: ", "))\(more))"
  }

  /// The columns that tell, the clearest first.
  var found: [Int] {
    columns.indices.filter(isVerdict).sorted {
      (flagged($0).isEmpty ? 1 : 0, $0) < (flagged($1).isEmpty ? 1 : 0, $1)
    }
  }

  /// The condition to suggest for a column.
  func suggestion(_ index: Int) -> String {
    let flagged = flagged(index)
    let values = flagged.isEmpty ? [columns[index].order.first { !$0.isEmpty } ?? ""] : flagged
    return "\(header[index])=" + values.compactMap { columns[index].values[$0]?.text }.joined(separator: ",")
  }

  private func flagged(_ index: Int) -> [String] {
    let isNamed = isNamed(index)
    return columns[index].order.filter {
      Self.flagged.contains($0) || isNamed && ["high", "yes", "y", "true", "1"].contains($0)
    }
  }

  private func isVerdict(_ index: Int) -> Bool {
    guard !passed.contains(index) else { return false }
    let values = columns[index].order
    if values.contains(where: Self.clean.contains) { return true }
    guard values.count > 1, values.count <= Self.mostValues else { return isNamed(index) && values.count > 1 }
    return isNamed(index) || values.contains { Self.flagged.contains($0) }
  }

  private func isNamed(_ index: Int) -> Bool {
    let name = NumberFileFormat.normalized(header[index])
    return Self.names.contains { name.contains($0) }
  }

  /// What such a column's name has in it.
  private static let names = [
    "spam", "flag", "risk", "reputation", "verdict", "label", "status", "score", "fraud", "scam", "robo", "level",
    "rating", "health", "result", "classification",
  ]

  private static let clean: Set = [
    "clean", "unflagged", "not flagged", "no flag", "no flags", "not spam", "no spam", "good", "safe", "healthy",
    "low risk",
    "unlabeled", "not labeled", "no label", "clear", "positive", "neutral", "definitely_not", "almost_certainly_not",
    "probably_not", "pass", "passed",
  ]

  private static let flagged: Set = [
    "flagged", "spam", "spam likely", "spam risk", "potential spam", "suspected spam", "scam", "scam likely", "fraud",
    "potential fraud", "fraud risk", "labeled spam", "labeled", "at risk", "high risk", "mixed_high", "telemarketer",
    "robocall", "robocaller", "nuisance", "nuisance likely", "negative", "bad", "definitely", "almost_certainly",
    "probably", "fail", "failed",
  ]
}
