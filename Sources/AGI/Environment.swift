internal import Glibc

/// What Asterisk tells a program about the call before anything else: lines of `agi_name: value` up to a blank one.
///
/// Asterisk's versions send different sets, so none is required and unknown ones are kept.
package struct Environment: Equatable, Sendable {
  /// Asterisk sends about 25 variables and one for each argument; more than this are ignored.
  static let maximumVariables = 256

  /// The lines as they came, one behind the other: a call asks for a few of them only.
  private var bytes: [UInt8] = []
  /// Where in `bytes` each line ends.
  private var ends: [Int] = []
  /// Whether the blank line at the end has come.
  package private(set) var isComplete = false

  package init() {}

  /// Takes the next line, without its line end. Lines that are not `name: value` are passed over.
  package mutating func read(line: ArraySlice<UInt8>) {
    guard !isComplete else { return }
    if line.isEmpty {
      isComplete = true
    } else if ends.count < Self.maximumVariables {
      bytes.append(contentsOf: line)
      ends.append(bytes.count)
    }
  }

  /// Nil where the variable was not sent or is empty.
  package subscript(_ name: String) -> String? {
    value(of: name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Nil where the variable was not sent.
  private func value(of name: String) -> String? {
    var name = name
    return name.withUTF8 { name in
      bytes.withUnsafeBufferPointer { bytes in
        guard let wanted = name.baseAddress, let first = bytes.baseAddress else { return nil }
        var start = 0
        // Asterisk sends each once; the first stands against whatever a value with a line break might smuggle in.
        for end in ends {
          defer { start = end }
          let nameEnd = start + name.count
          guard nameEnd < end, bytes[nameEnd] == UInt8(ascii: ":"), memcmp(first + start, wanted, name.count) == 0
          else {
            continue
          }
          let value = bytes[(nameEnd + 1)..<end]
          return String(decoding: value.first == UInt8(ascii: " ") ? value.dropFirst() : value, as: UTF8.self)
        }
        return nil
      }
    }
  }

  /// What `AGI()` was given behind the program's name or the server's address, `agi_arg_1` and those that follow it,
  /// empty ones too.
  package var arguments: [String] {
    var arguments: [String] = []
    while let argument = value(of: "agi_arg_" + String(arguments.count + 1)) { arguments.append(argument) }
    return arguments
  }

  /// What a server was asked for by its address: `release` of `agi://HOST/release`.
  package var script: String? { self["agi_network_script"] }

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
  /// Whether the number is not to be shown to the called person: `agi_callingpres` is 0 to 3 where it may be, 32 to 35
  /// where it is withheld, and 67 where there is none (callerid.h).
  package var withholdsNumber: Bool {
    self["agi_callingpres"].flatMap { Int($0) }.map { !(0...3).contains($0) } ?? false
  }
  package var callerIDName: String? { known("agi_calleridname") }
}
