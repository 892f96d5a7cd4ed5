import Rotation
import WebCalls

/// What comes over HTTP is read without a crash, and stays within its bounds whatever it is read as.
///
/// An input that begins with a bracket or a brace is a body of JSON, any other the query of an address.
func fuzzWeb(_ bytes: [UInt8]) throws {
  let isJSON = bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[")
  let read = isJSON ? try? WebParameters(json: bytes) : try? WebParameters(query: text(bytes))
  guard let parameters = read else { return }
  try expect(parameters.all.count <= WebParameters.most, "there are no more parameters than may be")
  try expect(Set(parameters.names).count == parameters.names.count, "each name is given once")
  try expect(parameters.names.allSatisfy { parameters.has($0) && parameters[$0] != "" }, "an empty value is none")
  // A text that ends in the midst of a letter is not the same afterwards.
  if !isJSON, parameters.all.allSatisfy({ !$0.name.contains("\u{FFFD}") && !$0.value.contains("\u{FFFD}") }) {
    let query = parameters.all.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    try expect(try WebParameters(query: query) == parameters, "what is escaped is read as it was")
  }
  for request in [try? Request(nextCID: parameters), try? Request(nextDID: parameters)].compactMap(\.self) {
    try expect(!request.destination.isEmpty, "there is a destination")
    try expect(request.reservationTTL.map { (0...Request.maximumTTL).contains($0) } ?? true, "ttl is in bounds")
    try expect(request.areaCode.map { AreaCode.isDigits($0) } ?? true, "the area code is digits")
    try expect(
      [request.campaign, request.agent, request.uniqueID].allSatisfy(isPlain), "names have no control characters")
  }
  for release in [try? ReleaseParameters(parameters), try? ReleaseParameters(callResult: parameters)].compactMap(\.self)
  {
    let outcome = release.outcome
    try expect(outcome.answeredSeconds.map { (0...Int(Int32.max)).contains($0) } ?? true, "answered is in bounds")
    try expect(outcome.hangUpCause.map { (0...127).contains($0) } ?? true, "cause is in bounds")
    try expect([outcome.dialStatus, outcome.technologyCause].allSatisfy(isPlain), "texts have no control characters")
  }
}

private func isPlain(_ text: CallerText?) -> Bool {
  text?.text.unicodeScalars.allSatisfy { !CallerText.isUnsafe($0) } ?? true
}

private func escaped(_ text: String) -> String {
  text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
