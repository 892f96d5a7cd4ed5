internal import CMariaDB

/// Rows of parameters as libmariadb reads them: by column, each with one type.
///
/// A column of whole numbers, or of floating point, stays so; a column that mixes types is sent as text, which the engine
/// converts as it does in SQL.
struct ParameterBuffers {
  private enum Kind {
    case integer, real, text, bytes

    var isWord: Bool { self == .integer || self == .real }
    var type: enum_field_types {
      switch self {
      case .integer: MYSQL_TYPE_LONGLONG
      case .real: MYSQL_TYPE_DOUBLE
      case .text: MYSQL_TYPE_STRING
      case .bytes: MYSQL_TYPE_BLOB
      }
    }
  }

  private let rows: [[Parameter]]
  private let width: Int
  private let isMany: Bool

  /// - Parameters:
  ///   - rows: at least one, all of the same length.
  ///   - isMany: whether they are for a statement that runs once for each row, however many there are.
  init(rows: [[Parameter]], isMany: Bool) {
    self.rows = rows
    self.isMany = isMany
    width = rows.first?.count ?? 0
  }

  /// Calls `body` with one bind for each column; they are valid only in it.
  func withBinds(_ body: (UnsafeMutablePointer<MYSQL_BIND>) throws(EngineError) -> Void) throws(EngineError) {
    // One place more, so that nothing is empty.
    let count = width * rows.count + 1
    let binds = UnsafeMutablePointer<MYSQL_BIND>.allocate(capacity: width + 1)
    binds.initialize(repeating: MYSQL_BIND(), count: width + 1)
    let words = UnsafeMutablePointer<Int>.allocate(capacity: count)
    words.initialize(repeating: 0, count: count)
    let pointers = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: count)
    let lengths = UnsafeMutablePointer<UInt>.allocate(capacity: count)
    let indicators = UnsafeMutablePointer<CChar>.allocate(capacity: count)
    indicators.initialize(repeating: 0, count: count)
    defer {
      binds.deallocate()
      words.deallocate()
      pointers.deallocate()
      lengths.deallocate()
      indicators.deallocate()
    }
    let kinds = (0..<width).map(kind)
    var texts: [UInt8] = []
    var starts: [Int] = []
    for column in 0..<width {
      for row in rows.indices {
        let place = column * rows.count + row
        starts.append(texts.count)
        switch (rows[row][column], kinds[column]) {
        case (.null, _): indicators[place] = CChar(STMT_INDICATOR_NULL.rawValue)
        case (.integer(let value), .integer): words[place] = value
        case (.real(let value), .real): words[place] = Int(bitPattern: UInt(value.bitPattern))
        case (.integer(let value), _): texts += String(value).utf8
        case (.real(let value), _): texts += String(value).utf8
        case (.text(let value), _): texts += value.utf8
        case (.bytes(let value), _): texts += value
        }
        lengths[place] = UInt(texts.count - starts[place])
      }
    }
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: texts.count + 1)
    defer { bytes.deallocate() }
    texts.withUnsafeBufferPointer { if let base = $0.baseAddress { bytes.update(from: base, count: $0.count) } }
    for (place, start) in starts.enumerated() {
      (pointers + place).initialize(to: UnsafeMutableRawPointer(bytes + start))
    }
    for column in 0..<width {
      let first = column * rows.count
      binds[column].buffer_type = kinds[column].type
      binds[column].length = lengths + first
      if isMany {
        binds[column].u.indicator = indicators + first
      } else if indicators[first] != 0 {
        binds[column].buffer_type = MYSQL_TYPE_NULL
      }
      // Of many rows it finds texts through an array of pointers.
      binds[column].buffer =
        kinds[column].isWord
        ? UnsafeMutableRawPointer(words + first) : isMany ? UnsafeMutableRawPointer(pointers + first) : pointers[first]
    }
    try body(binds)
  }

  /// The type that all values of a column can have.
  private func kind(of column: Int) -> Kind {
    var kind: Kind?
    for row in rows {
      let own: Kind
      switch row[column] {
      case .null: continue
      case .integer: own = .integer
      case .real: own = .real
      case .text: own = .text
      case .bytes: own = .bytes
      }
      if let kind, kind != own { return kind == .bytes || own == .bytes ? .bytes : .text }
      kind = own
    }
    return kind ?? .text
  }
}
