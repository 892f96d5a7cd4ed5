internal import Glibc

/// A time zone, read from a file of the zoneinfo database (TZif, RFC 8536).
///
/// It replaces glibc's functions, which know one zone for each process: that of the variable `TZ`, which must not be
/// changed while other threads read the environment.
struct Zone: Sendable {
  private let bytes: [UInt8]
  /// Where the data of the file's newest version begin, and the size of a moment in it: 4 or 8 bytes.
  private let start: Int
  private let momentSize: Int
  private let momentCount: Int
  private let typeCount: Int
  /// The rule for times after the last moment of the file; `nil` if the last type stays in force.
  private let rule: ZoneRule?

  /// Reads a zone of this name, or the machine's own where the name is empty.
  ///
  /// - Returns: nil where there is no such file, or something else in it.
  init?(named name: String) {
    let isSafe = !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
    guard isSafe, let bytes = Self.read(name.isEmpty ? "/etc/localtime" : "/usr/share/zoneinfo/" + name) else {
      return nil
    }
    self.init(bytes)
  }

  init?(_ bytes: [UInt8]) {
    guard var header = Header(bytes, at: 0) else { return nil }
    var start = Header.size
    var momentSize = 4
    if header.version >= UInt8(ascii: "2") {
      let second = start + header.dataSize(momentSize: 4)
      guard let newer = Header(bytes, at: second) else { return nil }
      header = newer
      start = second + Header.size
      momentSize = 8
    }
    let end = start + header.dataSize(momentSize: momentSize)
    guard header.typeCount > 0, end <= bytes.count else { return nil }
    self.bytes = bytes
    self.start = start
    self.momentSize = momentSize
    momentCount = header.momentCount
    typeCount = header.typeCount
    let footer = bytes[end...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
    rule = momentSize == 8 && !footer.isEmpty ? ZoneRule(footer) : nil
  }

  static let utc = Zone(rule: ZoneRule(standardOffset: 0))

  private init(rule: ZoneRule) {
    bytes = []
    (start, momentSize, momentCount, typeCount) = (0, 8, 0, 0)
    self.rule = rule
  }

  /// Seconds east of UTC at a moment.
  func offset(at moment: Int) -> Int {
    // The number of the file's moments that are not after this one, found by halves.
    var (low, high) = (0, momentCount)
    while low < high {
      let middle = low + (high - low) / 2
      if self.moment(middle) <= moment { low = middle + 1 } else { high = middle }
    }
    if low == momentCount, let rule { return rule.offset(at: moment) }
    // Before the first moment it is the first type.
    let type = low == 0 ? 0 : Int(bytes[start + momentCount * momentSize + low - 1])
    return type < typeCount ? Int(bytes.signed(4, at: start + momentCount * (momentSize + 1) + type * 6)) : 0
  }

  private func moment(_ index: Int) -> Int { bytes.signed(momentSize, at: start + index * momentSize) }

  /// A file's counts (RFC 8536, section 3.1).
  private struct Header {
    static let size = 44
    let version: UInt8
    let momentCount: Int
    let typeCount: Int
    private let rest: (utc: Int, standard: Int, leap: Int, characters: Int)

    init?(_ bytes: [UInt8], at start: Int) {
      guard start >= 0, start + Self.size <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
        return nil
      }
      version = bytes[start + 4]
      let counts = (0..<6).map { bytes.signed(4, at: start + 20 + $0 * 4) }
      guard counts.allSatisfy({ (0...bytes.count).contains($0) }) else { return nil }
      rest = (counts[0], counts[1], counts[2], counts[5])
      momentCount = counts[3]
      typeCount = counts[4]
    }

    func dataSize(momentSize: Int) -> Int {
      momentCount * (momentSize + 1) + typeCount * 6 + rest.characters + rest.leap * (momentSize + 4) + rest.standard
        + rest.utc
    }
  }

  /// No zone's file is larger; the database's own have a few thousand bytes.
  private static let mostBytes = 65_536

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: mostBytes) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    return bytes.isEmpty ? nil : bytes
  }
}

extension [UInt8] {
  /// A signed whole number of so many bytes, the highest first.
  fileprivate func signed(_ size: Int, at start: Int) -> Int {
    var value: Int = self[start] < 0x80 ? 0 : -1
    for index in start..<start + size { value = value << 8 | Int(self[index]) }
    return value
  }
}
