/// One thing that a change did, with what is needed to take it back: a kind and its values, of which some may be missing.
///
/// The texts of kinds are a contract with files of earlier versions.
struct UndoRecord: Equatable, Sendable {
  enum Kind: String, Sendable {
    /// A number that was not there before: ID, e164, written, added_at.
    case added
    /// A field of a number: e164, written, field, before, after.
    case field
    /// A number's rest: e164, written, until and reason before, until and reason after.
    case rest
    /// A number that was deleted: its pool, its carrier, and its row. The kinds of `details` follow.
    case removed
    /// Of a number: day, calls, answered, answered seconds.
    case archived
    /// Of a number: campaign, day, calls, hour, calls.
    case campaignUse = "campaign-use"
    /// Of a number: calls, answered, short, blocked.
    case outcome
    /// Of a number: campaign, key, until.
    case sticky
    /// Counts of a number that were cleared: e164, written, day, calls, hour, calls. Its uses by campaigns follow.
    case numberUse = "number-use"
    /// Counts of a campaign or an agent that were cleared: name, day, calls, hour, calls.
    case callsOfCampaign = "campaign"
    case callsOfAgent = "agent"
    /// A setting of the store: key, before, after.
    case setting
    /// A setting of a campaign: campaign, key, before, after.
    case campaignSetting = "campaign-setting"
    /// An agent's own limit: agent, calls a minute before, after; missing where the setting applies.
    case agentLimit = "agent-limit"

    /// Whether it says more of the record before it.
    var isDetail: Bool { [.archived, .campaignUse, .outcome, .sticky].contains(self) }
  }

  let kind: Kind
  let values: [String?]

  init(_ kind: Kind, _ values: [String?]) { (self.kind, self.values) = (kind, values) }

  /// The value at a place; nil where there is none.
  subscript(_ index: Int) -> String? { values.indices.contains(index) ? values[index] : nil }

  func text(_ index: Int) -> String { self[index] ?? "" }
  func count(_ index: Int) -> Int { self[index].flatMap { Int($0) } ?? 0 }

  /// The number that begins at a place.
  func phone(at index: Int) -> PhoneNumber { PhoneNumber(e164: text(index), written: text(index + 1)) }
}

// MARK: As a line

extension UndoRecord {
  /// Without its end. A tab stands between values; a tab, an end of a line and a backslash in one are escaped, and `\-` is
  /// a value that is missing.
  var line: String { ([kind.rawValue] + values.map(Self.escaped)).joined(separator: "\t") }

  /// - Returns: nil for what no version has written.
  init?(line: some StringProtocol) {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard let kind = cells.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
    self.init(kind, cells.dropFirst().map { Self.unescaped(String($0)) })
  }

  static func escaped(_ value: String?) -> String {
    guard let value else { return "\\-" }
    var text = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\".unicodeScalars
      case "\t": text += "\\t".unicodeScalars
      case "\n": text += "\\n".unicodeScalars
      case "\r": text += "\\r".unicodeScalars
      default: text.append(scalar)
      }
    }
    return String(text)
  }

  private static func unescaped(_ cell: String) -> String? {
    guard cell != "\\-" else { return nil }
    guard cell.utf8.contains(UInt8(ascii: "\\")) else { return cell }
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in cell.unicodeScalars {
      if isEscaped {
        text.append(scalar == "t" ? "\t" : scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
