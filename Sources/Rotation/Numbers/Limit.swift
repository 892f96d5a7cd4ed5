/// The most calls a number may carry in an hour or a day, as the operator writes it: a whole number, or `none`.
package struct Limit: Equatable, Sendable {
  package static let maximum = 1_000_000

  /// Nil: no limit.
  package let calls: Int?

  /// - Throws: `refused` for anything but 0 to 1,000,000 and `none`.
  package init(_ text: String, name: String) throws(StoreError) {
    if text == "none" {
      calls = nil
    } else if let calls = Int(text), (0...Self.maximum).contains(calls) {
      self.calls = calls
    } else {
      throw .refused("\(name) is a whole number from 0 to \(Self.maximum), or none for no limit; not \"\(text)\"")
    }
  }

  package static func text(_ calls: Int?) -> String { calls.map(String.init) ?? "none" }
}
