/// What Asterisk tells a program about the call before anything else: lines of `agi_name: value` up to a blank one.
///
/// Asterisk's versions send different sets, so none is required and unknown ones are kept.
package struct Environment: Equatable, Sendable {
  /// Asterisk sends about 25 variables and one for each argument; more than this are ignored.
  static let maximumVariables = 256

  private var values: [String: String] = [:]
  /// Whether the blank line at the end has come.
  package private(set) var isComplete = false

  package init() {}

  /// Takes the next line, without its line end. Lines that are not `name: value` are passed over.
  package mutating func read(line: some Collection<UInt8>) {
    guard !isComplete else { return }
    guard !line.isEmpty else {
      isComplete = true
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), values.count < Self.maximumVariables else { return }
    let name = String(decoding: line[..<colon], as: UTF8.self)
    var value = line[line.index(after: colon)...]
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    // Asterisk sends each once; the first stands against whatever a value with a line break might smuggle in.
    if values[name] == nil { values[name] = String(decoding: value, as: UTF8.self) }
  }

  /// Nil where the variable was not sent or is empty.
  package subscript(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
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
