/// What proves that the operator may present a number.
package struct Ownership: Equatable, Sendable {
  /// How the carrier signs calls with the number (STIR/SHAKEN, RFC 8588): A in full, B in part, C as a gateway.
  package enum Attestation: String, CaseIterable, Sendable {
    case full = "A"
    case partial = "B"
    case gateway = "C"
    case none = ""

    /// As the operator writes it.
    package var text: String { self == .none ? "none" : rawValue }

    /// - Throws: `refused` for anything but `A`, `B`, `C` and `none`.
    package init(_ text: String, name: String) throws(StoreError) {
      guard let attestation = Self.allCases.first(where: { $0.text.lowercased() == text.lowercased() }) else {
        throw .refused("\(name) is A, B, C or none, not \"\(text)\"")
      }
      self = attestation
    }

    /// Whether it is as good as `other`.
    func isAtLeast(_ other: Attestation) -> Bool { rank <= other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package var attestation = Attestation.none
  /// Who allowed the use of the number: a contract, a letter of authorization.
  package var authorizedBy = ""
  /// When somebody last checked that the number is the operator's; 0 if nobody has.
  package var verifiedAt = 0
  /// Whether somebody answers when a called person calls the number back.
  package var callback = false
}
