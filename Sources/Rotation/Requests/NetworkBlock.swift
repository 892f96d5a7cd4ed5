/// Calls that a carrier's analytics have stopped on their way, because of the caller-ID.
enum NetworkBlock {
  /// Whether a technology's cause says so.
  ///
  /// Carriers in the United States answer `603 Network Blocked` since March 2026 (47 CFR 64.1200(k)(9)); by its cause
  /// alone Asterisk tells it as a decline of the called party. 607 (RFC 8197) is a call that the called party's service
  /// does not want, 608 (RFC 8688) one that was rejected on the way.
  ///
  /// - Parameter text: such as `SIP 603 Network Blocked`, of several channels with anything between.
  static func isTold(by text: String) -> Bool {
    let words = text.lowercased().unicodeScalars.split { !("a"..."z" ~= $0 || "0"..."9" ~= $0) }.map(String.init)
    return zip(words, words.dropFirst()).contains { one, other in
      (one, other) == ("network", "blocked") || one == "sip" && (other == "607" || other == "608")
    }
  }
}
