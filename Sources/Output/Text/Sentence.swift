package import Rotation

/// A sentence with moments in it: a terminal shows them in the store's zone, and the page in its viewer's.
package struct Sentence: ExpressibleByStringInterpolation, Equatable, Sendable {
  package enum Part: Equatable, Sendable {
    case text(String)
    /// Seconds since 1970-01-01 UTC.
    case time(Int)
    /// One whose seconds are of no interest.
    case minute(Int)
  }

  package private(set) var parts: [Part]

  package init(stringLiteral text: String) { parts = [.text(text)] }
  package init(_ text: String) { parts = [.text(text)] }
  package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.text(literal)) }
    }
    package mutating func appendInterpolation(_ value: some CustomStringConvertible) { appendLiteral("\(value)") }
    package mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }
    package mutating func appendInterpolation(time: Int) { parts.append(.time(time)) }
    package mutating func appendInterpolation(minute: Int) { parts.append(.minute(minute)) }
  }

  /// With times in the store's zone.
  package func text(in calendar: Rotation.Calendar) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .time(let seconds): Time.local(seconds, in: calendar)
      case .minute(let seconds): String(Time.local(seconds, in: calendar).dropLast(3))
      }
    }.joined()
  }
}
