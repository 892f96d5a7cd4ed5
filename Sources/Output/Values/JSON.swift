import Rotation

/// A value as programs read it. Objects keep the order in which their keys are given.
package enum JSON: Sendable {
  case null
  case number(Int)
  case text(String)
  case flag(Bool)
  case list([JSON])
  case object([(key: String, value: JSON)])

  package init(_ text: String?) { self = text.map(JSON.text) ?? .null }
  package init(_ number: Int?) { self = number.map(JSON.number) ?? .null }

  /// A time in ISO 8601 and UTC; null for 0, which stands for "never" in the store.
  package init(time seconds: Int?) { self.init(seconds.flatMap(Time.utc)) }
}

extension JSON: CustomStringConvertible {
  /// The value on one line, in the grammar of RFC 8259.
  package var description: String {
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

  /// The value as a cell of CSV; null is an empty cell.
  var cell: String {
    switch self {
    case .null: ""
    case .text(let text): text
    default: description
    }
  }

  /// Escapes everything that could control a terminal, which is more than the grammar asks for: people look at JSON
  /// too.
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
