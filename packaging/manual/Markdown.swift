extension Page {
  /// A page of docs/, without its title: paragraphs, lists, indented blocks and tables. The first column of a table becomes
  /// the tag of the others.
  mutating func markdown(_ text: String, from name: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let title = lines.first, title.hasPrefix("# ") else {
      throw Failure("\(name) does not begin with a title")
    }
    markdown(Array(lines.dropFirst()))
  }

  private mutating func markdown(_ lines: [String]) {
    var rest = lines[...]
    while let first = rest.first {
      let kind = Block(first)
      let block = rest.prefix { Block($0) == kind }
      rest = rest.dropFirst(block.count)
      switch kind {
      case .blank: continue
      case .code: literal(block.map { String($0.dropFirst(4)) })
      case .heading: macro(".SS " + roff(String(first.drop { $0 == "#" || $0 == " " })))
      case .table:
        // The first two rows are its head and the rule below.
        let heads = cells(of: first)
        for row in block.dropFirst(2) {
          let cells = zip(heads, cells(of: row)).map { head, cell in
            head == "default" && !cell.isEmpty ? "Default: " + cell : cell
          }
          tagged(markup(cells[0]), cells.dropFirst().filter { !$0.isEmpty }.map(markup))
        }
      case .list:
        // An item goes on in the indented lines below it.
        for item in block.joined(separator: "\n").split(separator: "\n- ") {
          let text = item.hasPrefix("- ") ? item.dropFirst(2) : item
          macro(".IP \\(bu 2")
          line(markup(String(text.replacing("\n  ", with: "\n"))))
        }
      case .prose:
        macro(".PP")
        line(markup(block.joined(separator: "\n")))
      }
    }
  }

  private func cells(of row: String) -> [String] {
    row.split(separator: "|").map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }

  /// Code and strong text become bold, links their text.
  private func markup(_ text: String) -> String {
    var result = ""
    for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      guard index.isMultiple(of: 2) else {
        result += roff(String(part), in: .bold)
        continue
      }
      let unlinked = part.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }
      for (index, part) in unlinked.split(separator: "**", omittingEmptySubsequences: false).enumerated() {
        result += part.isEmpty ? "" : roff(String(part), in: index.isMultiple(of: 2) ? .roman : .bold)
      }
    }
    return result
  }

  private enum Block {
    case blank, code, heading, list, table, prose

    init(_ line: String) {
      if line.allSatisfy({ $0 == " " }) {
        self = .blank
      } else if line.hasPrefix("    ") {
        self = .code
      } else if line.hasPrefix("- ") || line.hasPrefix("  ") {
        self = .list
      } else if line.hasPrefix("#") {
        self = .heading
      } else {
        self = line.hasPrefix("|") ? .table : .prose
      }
    }
  }
}
