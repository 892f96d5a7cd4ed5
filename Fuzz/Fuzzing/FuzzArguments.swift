import Calls
import Rotation

/// Arguments are read without a crash, stay within their bounds, and mean the same however they are passed.
func fuzzArguments(_ bytes: [UInt8]) throws {
  // The shell's and Asterisk's arguments hold no NUL.
  let words = lines(bytes.filter { $0 != 0 }).prefix(40).map(text)
  let arguments = Arguments(words)
  try expect(arguments.reservationTTL.map { (0...Request.maximumTTL).contains($0) } ?? true, "ttl is in bounds")
  try expect(arguments.answeredSeconds.map { $0 >= 0 } ?? true, "answered is in bounds")
  try expect(arguments.hangUpCause.map { (0...127).contains($0) } ?? true, "cause is in bounds")
  try expect(arguments.areaCode.map { AreaCode.isDigits($0) } ?? true, "area is digits")
  try expect(arguments.campaign != "" && arguments.agent != "", "an empty name is none")
  if arguments.invalid == nil {
    try expect(arguments.action == .release || arguments.dialStatus == nil, "an outcome goes with a release only")
  }
  // A server has a store of its own.
  let served = Arguments(words, stores: .none)
  try expect(served.storePath == nil, "no store is named to a server")
  try expect(arguments.storePath == nil || served.invalid != nil, "a store that is named is refused")
  // VICIdial's way of joining them.
  guard words.count > 1, !words.contains(where: { $0.utf8.contains(UInt8(ascii: "-")) }) else { return }
  try expect(Arguments([words.joined(separator: "-----")]) == arguments, "joined words mean the same")
}
