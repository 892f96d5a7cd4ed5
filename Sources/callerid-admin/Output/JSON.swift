import Rotation

/// A value as programs read it. Objects keep the order in which their keys are written down.
enum JSON {
  case null
  case number(Int)
  case text(String)
  case flag(Bool)
  case list([JSON])
  case object([(key: String, value: JSON)])

  init(_ text: String?) { self = text.map(JSON.text) ?? .null }
  init(_ number: Int?) { self = number.map(JSON.number) ?? .null }

  /// ISO 8601 in UTC; null for 0, the store's "not".
  init(time seconds: Int?) { self.init(seconds.flatMap(Time.utc)) }

  func print() { Terminal.print(description) }
}

extension JSON: CustomStringConvertible {
  /// On one line, in RFC 8259's grammar.
  var description: String {
    switch self {
    case .null: "null"
    case .number(let number): String(number)
    case .text(let text): Self.quoted(text)
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let pairs):
      "{" + pairs.map { Self.quoted($0.key) + ":" + $0.value.description }.joined(separator: ",") + "}"
    }
  }

  /// What a terminal might obey is escaped too, not only what the grammar asks for: people look at JSON.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where CallerText.isUnsafe(scalar):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
