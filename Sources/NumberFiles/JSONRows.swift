/// The rows of a JSON file: a list of objects, an object with such a list in it (as vendors' APIs answer), objects that
/// follow one another (NDJSON), or a list of numbers.
///
/// The first row names the columns, as in a CSV file; a list of numbers has none. An object within an object becomes
/// columns such as `region.city`, and a list of texts one text with spaces between.
struct JSONRows {
  /// JSON is read as a whole: its columns are known at its end only.
  static let maximumBytes = 64 * 1024 * 1024
  /// Names of a list of numbers in an answer that has other lists too.
  private static let listNames = [
    "data", "phonenumbers", "incomingphonenumbers", "telephonenumbers", "numbers", "dids", "objects", "items", "rows",
    "results", "records",
  ]
  /// What an object is wrapped in by JSON:API and its like: their names are no part of a column's name.
  private static let wrappers = ["attributes", "fields", "properties", "node"]

  private var rows: ArraySlice<CSVReader.Row>
  /// Whether a row's number is its place in the list: several of the rows stand in one line.
  let countsEntries: Bool

  /// - Throws: `CSVError` where the text is not JSON, or where it is not clear which list is meant.
  init(_ text: TextChunks) throws {
    var bytes: [UInt8] = []
    while case let chunk = try text.next(), !chunk.isEmpty {
      bytes += chunk
      guard bytes.count <= Self.maximumBytes else {
        throw CSVError(line: 1, reason: "the JSON has more than 64 MiB. Divide it, or make it a CSV file")
      }
    }
    var parser = JSONParser(bytes)
    var values: [JSONText.Element] = []
    while let value = try parser.next() { values.append(value) }
    let elements = values.count == 1 ? try Self.elements(of: values[0]) : values
    let lines = elements.map(\.line)
    countsEntries = zip(lines, lines.dropFirst()).contains { $0 >= $1 }

    var columns: [String] = []
    var places: [String: Int] = [:]
    var table: [CSVReader.Row] = []
    for (index, element) in elements.enumerated() {
      let line = countsEntries ? index + 1 : element.line
      guard case .object(let members) = element.value else {
        table.append(CSVReader.Row(line: line, cells: [Self.text(element.value) ?? ""]))
        continue
      }
      var cells: [String] = []
      for (name, text) in Self.cells(of: members, in: "") {
        let place = places[name] ?? columns.count
        if place == columns.count {
          guard place < CSVReader.maximumCells else {
            throw CSVError(line: element.line, reason: "the objects have more than \(CSVReader.maximumCells) names")
          }
          places[name] = place
          columns.append(name)
        }
        while cells.count <= place { cells.append("") }
        cells[place] = text
      }
      table.append(CSVReader.Row(line: line, cells: cells))
    }
    if !columns.isEmpty { table.insert(CSVReader.Row(line: elements[0].line, cells: columns), at: 0) }
    rows = table[...]
  }

  /// Returns the next row, or nil at the end. A row may have fewer cells than there are columns.
  mutating func next() -> CSVReader.Row? { rows.popFirst() }

  // MARK: The list

  private static func elements(of whole: JSONText.Element) throws -> [JSONText.Element] {
    if case .list(let elements) = whole.value { return elements }
    guard case .object(let members) = whole.value else { return [whole] }
    let lists = lists(in: members, at: "", depth: 0)
    if lists.count == 1 { return lists[0].elements }
    let known = lists.filter { listNames.contains(NumberFileFormat.normalized($0.name)) }
    if known.count == 1 { return known[0].elements }
    let numbered = lists.filter { $0.elements.contains { hasNumber($0.value) } }
    if numbered.count == 1 { return numbered[0].elements }
    guard lists.isEmpty else {
      throw CSVError(
        line: whole.line,
        reason:
          "the JSON has several lists (\(lists.map(\.name).joined(separator: ", "))). Give only the one of the numbers")
    }
    // The answer about a single number: {"data": {…}}.
    for case (let key, .object(let inner)) in members where listNames.contains(NumberFileFormat.normalized(key)) {
      return [JSONText.Element(line: whole.line, value: .object(inner))]
    }
    return [whole]
  }

  private static func hasNumber(_ value: JSONText) -> Bool {
    guard case .object(let members) = value else { return false }
    return members.contains { KnownProgram.numberNames.contains(NumberFileFormat.normalized($0.key)) }
  }

  /// The lists of objects among the members, and among those of objects in them.
  private static func lists(
    in members: [(key: String, value: JSONText)], at path: String, depth: Int
  ) -> [(name: String, elements: [JSONText.Element])] {
    members.flatMap { key, value -> [(name: String, elements: [JSONText.Element])] in
      switch value {
      case .list(let elements):
        let isOfObjects = elements.contains { if case .object = $0.value { true } else { false } }
        // An answer without numbers has an empty list.
        return isOfObjects || listNames.contains(NumberFileFormat.normalized(key)) ? [(key, elements)] : []
      case .object(let members): return depth < 3 ? lists(in: members, at: key, depth: depth + 1) : []
      case .text, .null: return []
      }
    }
  }

  // MARK: Cells

  private static func cells(of members: [(key: String, value: JSONText)], in path: String) -> [(String, String)] {
    members.flatMap { key, value -> [(String, String)] in
      if case .object(let inner) = value {
        return cells(of: inner, in: wrappers.contains(key.lowercased()) ? path : path + key + ".")
      }
      let name = path + key
      guard name.utf8.count <= CSVReader.maximumCell, let text = Self.text(value) else { return [] }
      return [(name, text)]
    }
  }

  /// Nil for what has no text of its own: an object, or a list of them.
  private static func text(_ value: JSONText) -> String? {
    switch value {
    case .text(let text): return text
    case .null: return ""
    case .object: return nil
    case .list(let elements):
      let texts = elements.map { Self.text($0.value) }
      guard !texts.contains(nil) else { return nil }
      let joined = texts.compactMap(\.self).joined(separator: " ")
      return joined.utf8.count <= CSVReader.maximumCell ? joined : nil
    }
  }
}
