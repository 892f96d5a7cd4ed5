/// A country, as files and messages name it.
package struct Country: Equatable, Sendable {
  /// Without +. Several countries share one: 1 is North America's.
  package let callingCode: String
  /// Two letters of ISO 3166.
  package let code: String
  package let name: String

  /// A country by its code of two or three letters, its name, or its calling code with + or without.
  package init?(named text: String) {
    let wanted = text.lowercased()
    let plain = Self.otherNames[wanted] ?? wanted
    let digits = plain.hasPrefix("+") ? String(plain.dropFirst()) : plain
    guard !plain.isEmpty,
      let row = Self.rows.first(where: { row in
        row[0] == digits || row.dropFirst().contains { $0.lowercased() == plain }
      })
    else { return nil }
    self.init(row)
  }

  /// The main country of a calling code; nil if the code is no country's.
  package init?(callingCode: String) {
    guard let row = Self.rows.first(where: { $0[0] == callingCode }) else { return nil }
    self.init(row)
  }

  private init(_ row: [Substring]) {
    callingCode = String(row[0])
    code = String(row[1])
    name = String(row[3])
  }

  /// What people write instead of the names in the table.
  private static let otherNames = [
    "uk": "gb", "great britain": "gb", "england": "gb", "scotland": "gb", "wales": "gb", "u.s.": "us", "u.s.a.": "us",
    "united states of america": "us", "russian federation": "ru", "korea": "kr", "south korea": "kr", "czechia": "cz",
    "czech republic": "cz", "viet nam": "vn", "holland": "nl", "the netherlands": "nl",
  ]

  /// Calling code, codes of two and three letters, name.
  private static var rows: some Sequence<[Substring]> {
    NumberingTable.countries.description.split(separator: "\n").lazy.map {
      $0.split(separator: "|", omittingEmptySubsequences: false)
    }
  }
}

extension NumberingPlan {
  /// As messages name it: `+44 (United Kingdom)`.
  var name: String {
    if callingCode == "1" { return "+1 (North America)" }
    return "+" + callingCode + (Country(callingCode: callingCode).map { " (\($0.name))" } ?? "")
  }
}
