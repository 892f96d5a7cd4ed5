/// callerid-agi(8): what the README says of the dialplan, which is the one place where its options are written down.
func agiPage(readme: String, version: String) throws -> String {
  let lines = readme.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  guard let heading = lines.firstIndex(of: "## Dialplan") else {
    throw Failure("README.md has no section \"Dialplan\", of which the manual of callerid-agi is made")
  }
  let section = lines[(heading + 1)...].prefix { !$0.hasPrefix("## ") }

  var page = Page(title: "callerid-agi", version: version)
  page.section("NAME")
  page.line("callerid\\-agi \\- give an outbound call of Asterisk the next caller\\-ID")
  page.section("SYNOPSIS")
  page.line(roff("AGI(callerid-agi[,<campaign>[,<agent>[,<option>=<value>]...]])", in: .bold))
  page.section("DESCRIPTION")
  page.line("Started by Asterisk, from the dialplan, with the arguments above.")
  page.markdown(Array(section))
  page.section("FILES")
  page.tagged(roff("/var/lib/callerid/callerid.db", in: .italic), ["The store."])
  page.section("ENVIRONMENT")
  page.tagged(roff("CALLERID_DB", in: .bold), [roff("The store, where db= does not name one.")])
  page.section("SEE ALSO")
  page.line(roff("callerid-admin", in: .bold) + "(8)")
  return page.text
}

extension Page {
  /// Paragraphs, indented blocks and tables; a table's first column becomes the tag of the others.
  fileprivate mutating func markdown(_ lines: [String]) {
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
        for row in block.dropFirst(2) {
          let cells = cells(of: row)
          tagged(markup(cells[0]), cells.dropFirst().filter { !$0.isEmpty }.map(markup))
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
    case blank, code, heading, table, prose

    init(_ line: String) {
      if line.allSatisfy({ $0 == " " }) {
        self = .blank
      } else if line.hasPrefix("    ") {
        self = .code
      } else if line.hasPrefix("#") {
        self = .heading
      } else {
        self = line.hasPrefix("|") ? .table : .prose
      }
    }
  }
}
