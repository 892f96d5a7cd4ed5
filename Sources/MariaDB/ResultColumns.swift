internal import CMariaDB

/// Where libmariadb puts the row that a statement has reached.
///
/// Whole numbers, floating point and all others (as text or bytes) have a place of the same size; what is longer is
/// fetched when it is asked for.
final class ResultColumns {
  /// A column's value; bytes are valid until the next row.
  enum Content {
    case null
    case integer(Int)
    case real(Double)
    case bytes(UnsafeRawBufferPointer)
  }

  private static let room = 256
  let count: Int
  private let statement: UnsafeMutablePointer<MYSQL_STMT>
  private let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let lengths: UnsafeMutablePointer<UInt>
  private let nulls: UnsafeMutablePointer<my_bool>
  private let places: UnsafeMutableRawPointer
  private var types: [enum_field_types] = []
  /// The long values of this row, by column.
  private var long: [Int: UnsafeMutableRawBufferPointer] = [:]

  /// - Parameter statement: prepared; it lives longer than this.
  init(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
    self.statement = statement
    count = Int(mysql_stmt_field_count(statement))
    binds = .allocate(capacity: max(count, 1))
    binds.initialize(repeating: MYSQL_BIND(), count: max(count, 1))
    lengths = .allocate(capacity: max(count, 1))
    lengths.initialize(repeating: 0, count: max(count, 1))
    nulls = .allocate(capacity: max(count, 1))
    nulls.initialize(repeating: 0, count: max(count, 1))
    places = .allocate(byteCount: max(count, 1) * Self.room, alignment: 16)
    for column in 0..<count {
      let field = mariadb_stmt_fetch_fields(statement)[column]
      types.append(field.type)
      switch field.type {
      case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
        binds[column].buffer_type = MYSQL_TYPE_LONGLONG
        binds[column].is_unsigned = UInt32(UNSIGNED_FLAG) & field.flags == 0 ? 0 : 1
      case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
        binds[column].buffer_type = MYSQL_TYPE_DOUBLE
      default:
        binds[column].buffer_type = MYSQL_TYPE_STRING
      }
      binds[column].buffer = places + column * Self.room
      binds[column].buffer_length = UInt(Self.room)
      binds[column].length = lengths + column
      binds[column].is_null = nulls + column
    }
  }

  /// Whether the statement's columns have the types that they had when this was made.
  var isAsItWas: Bool {
    guard let fields = mariadb_stmt_fetch_fields(statement) else { return count == 0 }
    return Int(mysql_stmt_field_count(statement)) == count && (0..<count).allSatisfy { fields[$0].type == types[$0] }
  }

  deinit {
    forgetLong()
    binds.deallocate()
    lengths.deallocate()
    nulls.deallocate()
    places.deallocate()
  }

  /// Fetches the next row of the stored result.
  ///
  /// - Returns: whether there is one.
  func next(sql: String) throws(EngineError) -> Bool {
    forgetLong()
    switch mysql_stmt_fetch(statement) {
    case 0, MYSQL_DATA_TRUNCATED: return true
    case MYSQL_NO_DATA: return false
    default: throw EngineError(on: statement, sql: sql)
    }
  }

  /// Tells the statement of these places; once for all its rows.
  func bind(sql: String) throws(EngineError) {
    guard mysql_stmt_bind_result(statement, binds) == 0 else { throw EngineError(on: statement, sql: sql) }
  }

  func isNull(_ column: Int) -> Bool {
    precondition((0..<count).contains(column), "the row has \(count) columns")
    return nulls[column] != 0
  }

  func content(_ column: Int) -> Content {
    if isNull(column) { return .null }
    let place = places + column * Self.room
    switch binds[column].buffer_type {
    case MYSQL_TYPE_LONGLONG:
      return .integer(
        binds[column].is_unsigned == 0
          ? Int(place.load(as: Int64.self)) : Int(clamping: place.load(as: UInt64.self)))
    case MYSQL_TYPE_DOUBLE: return .real(place.load(as: Double.self))
    default:
      let length = Int(lengths[column])
      if length <= Self.room { return .bytes(UnsafeRawBufferPointer(start: place, count: length)) }
      return .bytes(UnsafeRawBufferPointer(fetchLong(column, length: length)))
    }
  }

  private func fetchLong(_ column: Int, length: Int) -> UnsafeMutableRawBufferPointer {
    if let known = long[column] { return known }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
    var bind = MYSQL_BIND()
    bind.buffer_type = MYSQL_TYPE_STRING
    bind.buffer = buffer.baseAddress
    bind.buffer_length = UInt(length)
    // The row is in memory, and the column is one of its.
    mysql_stmt_fetch_column(statement, &bind, UInt32(column), 0)
    long[column] = buffer
    return buffer
  }

  private func forgetLong() {
    for buffer in long.values { buffer.deallocate() }
    long.removeAll()
  }
}
