/// What Asterisk tells a program about the call before anything else: lines of `agi_name: value` up to a blank one.
///
/// Asterisk's versions send different sets, so none is required and unknown ones are kept.
package struct Environment: Equatable, Sendable {
  /// Asterisk sends about 25 variables and one for each argument; more than this are ignored.
  static let maximumVariables = 256

  /// The lines as they came: a call asks for a few of them only.
  private var lines: [[UInt8]] = []
  /// Whether the blank line at the end has come.
  package private(set) var isComplete = false

  package init() {}

  /// Takes the next line, without its line end. Lines that are not `name: value` are passed over.
  package mutating func read(line: some Collection<UInt8>) {
    guard !isComplete else { return }
    if line.isEmpty {
      isComplete = true
    } else if lines.count < Self.maximumVariables {
      lines.append(Array(line))
    }
  }

  /// Nil where the variable was not sent or is empty.
  package subscript(_ name: String) -> String? {
    let start = Array(name.utf8) + [UInt8(ascii: ":")]
    // Asterisk sends each once; the first stands against whatever a value with a line break might smuggle in.
    guard let line = lines.first(where: { $0.starts(with: start) }) else { return nil }
    var value = line[start.count...]
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
  }

  /// Asterisk writes `unknown` where it has no such number or name.
  private func known(_ name: String) -> String? {
    self[name].flatMap { $0 == "unknown" ? nil : $0 }
  }

  /// Names the call's channel among all others, such as `1790000000.42`.
  package var uniqueID: String? { self["agi_uniqueid"] }
  package var `extension`: String? { self["agi_extension"] }
  /// The number that was dialled to get here.
  package var dialledNumber: String? { known("agi_dnid") }
  package var callerID: String? { known("agi_callerid") }
  package var callerIDName: String? { known("agi_calleridname") }
}
