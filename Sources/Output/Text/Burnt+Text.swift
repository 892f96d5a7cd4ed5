import NumberFiles
package import Rotation

extension BurntReport.Row {
  /// Why the number is held to be burnt, in 64 characters at most: `answered 6 % of 310 calls, 20 % expected`.
  package var reason: String? {
    let figures = figuresSince
    switch sign {
    case .answers?:
      return "answered \(figures.rate ?? 0) % of \(figures.calls) calls, \(figures.expectedRate ?? 0) % expected"
    case .short?:
      return "\(figures.shortShare ?? 0) % of answered calls short, \(figures.expectedShortShare ?? 0) % expected"
    case .blocked?: return "\(figures.blocked) of \(figures.calls) calls blocked by the network"
    case nil: return nil
    }
  }

  /// What to type to rest the number for a week; nil for a number that is not burnt.
  package var command: String? {
    reason.map { "callerid-admin rest \(number.phone.written) --for 7d --reason \(ShellText.quoted($0))" }
  }

  /// How sure the verdict is, rounded down: `99.9 %`. No number of calls makes it certain.
  package var surenessText: String {
    let hundredths = min(9999, Int(sureness * 10_000))
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    guard rest > 0 else { return "\(whole) %" }
    return "\(whole).\(rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)") %"
  }

  package var verdictText: String {
    switch (verdict, sign) {
    case (.burnt, .answers?): "burnt: fewer answers"
    case (.burnt, .short?): "burnt: more short calls"
    case (.burnt, _): "burnt: more blocked calls"
    case (.notBurnt, _): "like the others"
    case (.tooFewCalls, _): "too few calls to tell"
    }
  }
}
