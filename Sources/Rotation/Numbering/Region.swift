/// A state, province, territory or island country that area codes of the North American Numbering Plan serve.
///
/// Regions are in AreaCodes.csv, which is compiled into the program and read only when a region is needed, so that it
/// costs other calls nothing.
package struct Region: Hashable, Sendable {
  /// The postal abbreviation (`TX`, `ON`, `PR`), or three letters of ISO 3166 for another country (`JAM`).
  package let code: String
  /// In full: `Texas`.
  package let name: String
  /// All area codes in service there, those that overlay one area beside each other and the oldest first.
  package let areaCodes: [String]

  /// The region of an area code; `nil` if it is not in service, not geographic, or not an area code at all.
  ///
  /// Where one area lies in several regions (867, 902 and 782) it is the first of them. They have all their area codes
  /// in common, so a number of the one is a number of the others.
  package static func of(areaCode: some StringProtocol) -> Region? {
    AreaCodeTable.rows(with: areaCode).first.flatMap(Region.init)
  }

  /// Every region that an area code lies in. A number that serves one of these regions serves the area code.
  static func all(of areaCode: some StringProtocol) -> [Region] {
    AreaCodeTable.rows(with: areaCode).compactMap(Region.init)
  }

  /// The region of a code or a name, in capitals or not: `TX`, `texas`.
  package init?(named text: String) {
    let wanted = text.lowercased()
    guard
      let row = AreaCodeTable.rows.first(where: { $0.code.lowercased() == wanted || $0.name.lowercased() == wanted })
    else { return nil }
    self.init(row)
  }

  /// Every region: the United States', Canada's, then the islands.
  package static var all: [Region] { AreaCodeTable.rows.compactMap(Region.init) }

  /// The other area codes of the same area, the oldest first. They are tried after the area code itself and before the
  /// rest of the region.
  package static func overlays(of areaCode: some StringProtocol) -> [String] {
    var codes: [String] = []
    // An area code can overlay two areas (917 all of New York City): the codes of both areas are equally near.
    for area in AreaCodeTable.rows(with: areaCode).first?.areas ?? [] where area.contains(where: { $0 == areaCode }) {
      for code in area where code != areaCode && !codes.contains(code) { codes.append(code) }
    }
    return codes
  }

  /// `nil` for the last rows of the table, which hold area codes that belong to no place.
  private init?(_ row: AreaCodeTable.Row) {
    guard !row.code.isEmpty else { return nil }
    code = row.code
    name = row.name
    areaCodes = row.areas.reduce(into: []) { codes, area in
      for code in area where !codes.contains(code) { codes.append(code) }
    }
  }
}

/// AreaCodes.csv.
enum AreaCodeTable {
  fileprivate typealias Line = ArraySlice<UInt8>

  struct Row {
    /// Empty if the area codes belong to no place.
    let code: String
    let name: String
    private let areaCodes: Line

    /// Each the area codes that overlay it.
    var areas: [[String]] {
      String(decoding: areaCodes, as: UTF8.self).split(separator: " ").map { $0.split(separator: "/").map(String.init) }
    }

    fileprivate init(_ line: Line) {
      let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      code = String(decoding: cells[0], as: UTF8.self)
      name = String(decoding: cells[1], as: UTF8.self)
      areaCodes = cells[2]
    }
  }

  static var rows: [Row] { rows { _ in true } }

  /// The rows that contain an area code. The bytes are searched for it, so that no other row is parsed.
  static func rows(with areaCode: some StringProtocol) -> [Row] {
    let wanted = Array(areaCode.utf8)
    guard wanted.count == 3 else { return [] }
    return rows { line in
      guard let comma = line.lastIndex(of: UInt8(ascii: ",")) else { return false }
      // Three digits and a separator each.
      var code = comma + 1
      while code + 2 < line.endIndex {
        if line[code] == wanted[0], line[code + 1] == wanted[1], line[code + 2] == wanted[2] { return true }
        code += 4
      }
      return false
    }
  }

  /// The lines after the comments and the header that `isWanted`, as rows.
  private static func rows(where isWanted: (UnsafeBufferPointer<UInt8>.SubSequence) -> Bool) -> [Row] {
    PackageResources.AreaCodes_csv.withUnsafeBufferPointer { bytes in
      var rows: [Row] = []
      var hasHeader = false
      var start = 0
      for end in bytes.indices where bytes[end] == UInt8(ascii: "\n") {
        let line = bytes[start..<end]
        start = end + 1
        if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
        if hasHeader, isWanted(line) { rows.append(Row(Array(line)[...])) }
        hasHeader = true
      }
      return rows
    }
  }
}
