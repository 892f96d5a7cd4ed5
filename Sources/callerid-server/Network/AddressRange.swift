import Glibc

/// A block of addresses, as `10.0.0.0/8` or `2001:db8::/32` (RFC 4632); an address alone is a block of one.
struct AddressRange: Sendable, Equatable {
  private let bytes: [UInt8]
  private let bits: Int

  static let loopback = [AddressRange("127.0.0.0/8"), AddressRange("::1")].compactMap { $0 }

  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bytes = Self.bytes(of: String(parts[0])) else { return nil }
    let most = bytes.count * 8
    guard parts.count == 1 || parts[1].allSatisfy(\.isNumber), let bits = parts.count == 1 ? most : Int(parts[1]),
      (0...most).contains(bits)
    else { return nil }
    self.bytes = bytes
    self.bits = bits
  }

  func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
    return (0..<bits).allSatisfy { bit in
      let mask = UInt8(0x80) >> (bit % 8)
      return bytes[bit / 8] & mask == other[bit / 8] & mask
    }
  }

  static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }

  /// What limits are counted for: an IPv4 address, or the /64 of an IPv6 address, which is the least that one client has
  /// (RFC 6177). What is no address stands for itself.
  static func network(of address: String) -> String {
    guard let bytes = bytes(of: address), bytes.count == 16 else { return address }
    return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }

  /// An IPv4 address that an IPv6 socket shows (`::ffff:192.0.2.1`) is that IPv4 address.
  private static func bytes(of address: String) -> [UInt8]? {
    var four = [UInt8](repeating: 0, count: 4)
    if inet_pton(AF_INET, address, &four) == 1 { return four }
    var bytes = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, address, &bytes) == 1 else { return nil }
    let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
    return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
  }
}
