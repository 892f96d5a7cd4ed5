import Foundation
import Output
import Rotation

/// JSON is JSON, and holds the text that it was given; nothing that is shown could drive a terminal.
func fuzzOutput(_ bytes: [UInt8]) throws {
  let text = text(bytes)
  let json = JSON.object([("key", .text(text)), (text, .list([.text(text), .null, .number(bytes.count)]))]).description
  let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
  try expect(text == "key" || object?["key"] as? String == text, "JSON holds another text")
  for shown in [json, TerminalText.safe(text)] {
    try expect(!shown.unicodeScalars.contains(where: isUnsafe), "a terminal would obey \(shown.debugDescription)")
  }
  try expect(TerminalText.width(text) >= 0, "a text has a width")
  if let seconds = Int(text) {
    _ = Time.utc(seconds)
    _ = Time.local(seconds, in: Rotation.Calendar(timeZone: "UTC"))
  }
}
