/// Addresses of views, with what is searched for.
package enum Query {
  private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

  /// A text as a part of a path or of a query.
  package static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { escaped, byte in
      if plain.contains(byte) {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        escaped += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
  }

  /// Without values that are empty, in the order of their names.
  package static func text(_ values: [String: String]) -> String {
    values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { "\($0.key)=\(escaped($0.value))" }
      .joined(separator: "&")
  }

  package static func path(_ path: String, _ values: [String: String]) -> String {
    let query = text(values)
    return query.isEmpty ? path : path + "?" + query
  }
}
