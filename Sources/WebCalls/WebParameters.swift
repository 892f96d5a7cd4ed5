internal import NumberFiles

/// What a client of the HTTP interface says: names and their values, from the query of an address or from an object of
/// JSON. A value that is empty counts as not given, because dialplans fill variables in that are not set.
package struct WebParameters: Equatable, Sendable {
  /// In their order; each name once.
  private var values: [(name: String, value: String)] = []

  /// More than any request has.
  package static let most = 64

  package static func == (one: WebParameters, other: WebParameters) -> Bool {
    one.values.elementsEqual(other.values) { $0 == $1 }
  }

  /// Reads the query of an address, as forms and `URIENCODE()` of a dialplan write it. A plus stands for a space, but for
  /// itself where a value begins with it: phone numbers do.
  package init(query: String) throws(ParameterError) {
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      let value = pair.dropFirst(name.count + 1)
      try add(Self.decoded(name), Self.decoded(value))
    }
  }

  /// Reads one object of JSON. The object `meta` in it gives names such as `meta.pool`, and `area_code` may be a list.
  /// Numbers, `true` and `false` stay the text that they are.
  package init(json bytes: [UInt8]) throws(ParameterError) {
    var parser = JSONParser(bytes)
    let (first, second): (JSONText.Element?, JSONText.Element?)
    do {
      first = try parser.next()
      second = first == nil ? nil : try parser.next()
    } catch {
      throw ParameterError(.unprocessable, "the body is not JSON: \(error)")
    }
    guard case .object(let members)? = first?.value, second == nil else {
      throw ParameterError(.unprocessable, "the body is not one object of JSON")
    }
    for (name, value) in members {
      if name == "meta", case .object(let inner) = value {
        for (part, value) in inner { try add("\(name).\(part)", try Self.text(of: value, "\(name).\(part)")) }
      } else {
        try add(name, try Self.text(of: value, name))
      }
    }
  }

  private static func text(of value: JSONText, _ name: String) throws(ParameterError) -> String {
    switch value {
    case .text(let text): return text
    case .null: return ""
    case .list(let elements):
      guard name == "area_code" else { throw ParameterError(.unprocessable, "\(name) is a list, not a text") }
      var texts: [String] = []
      for element in elements {
        guard case .text(let text) = element.value else {
          throw ParameterError(.unprocessable, "\(name) is a list of something else than texts")
        }
        texts.append(text)
      }
      return texts.joined(separator: " ")
    case .object: throw ParameterError(.unprocessable, "\(name) is an object, not a text")
    }
  }

  private mutating func add(_ name: String, _ value: String) throws(ParameterError) {
    guard values.count < Self.most else {
      throw ParameterError(.unprocessable, "there are more than \(Self.most) parameters")
    }
    guard !values.contains(where: { $0.name == name }) else {
      throw ParameterError(.unprocessable, "\(name) is given twice")
    }
    values.append((name, value))
  }

  /// Nil where it is not given, or empty.
  package subscript(_ name: String) -> String? {
    values.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// The first that is given of several names for the same thing.
  package func first(of names: String...) -> String? { names.lazy.compactMap { self[$0] }.first }

  package var names: [String] { values.map(\.name) }

  package var all: [(name: String, value: String)] { values }

  /// Whether it is given, even if it is empty.
  package func has(_ name: String) -> Bool { values.contains { $0.name == name } }

  /// - Throws: where there are others.
  package func allow(_ known: [String]) throws(ParameterError) {
    guard let unknown = names.first(where: { !known.contains($0) }) else { return }
    throw ParameterError(
      .unprocessable, "unknown parameter \(unknown); the parameters are \(known.joined(separator: ", "))")
  }

  /// - Throws: where it is not given at all.
  package func require(_ name: String) throws(ParameterError) {
    guard has(name) else { throw ParameterError(.unprocessable, "\(name) is missing") }
  }

  /// - Throws: where it is no whole number of the range.
  package func integer(_ name: String, in range: ClosedRange<Int>) throws(ParameterError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw ParameterError(
        .unprocessable, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return number
  }

  private static func decoded(_ bytes: some Collection<UInt8>) -> String {
    var decoded: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest[rest.startIndex]),
        let low = digit(rest[rest.startIndex + 1])
      {
        decoded.append(high << 4 | low)
        rest.removeFirst(2)
      } else {
        decoded.append(byte == UInt8(ascii: "+") && !decoded.isEmpty ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// What is wrong with a request, named.
package struct ParameterError: Error, Equatable, Sendable {
  package enum Kind: Sendable {
    /// It can be read, and makes no sense: HTTP's 400.
    case bad
    /// Something is missing or wrong: HTTP's 422.
    case unprocessable
  }

  package let kind: Kind
  package let detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }
}
