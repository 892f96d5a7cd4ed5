import Output
import Testing

/// What terminals and programs get.
struct EscapingTests {
  @Test func jsonEscapesWhatATerminalWouldObey() {
    let text = JSON.object([("k\"", .list([.text("\u{1B}[2J\u{9B}\u{202E}\\é\n"), .null, .flag(true), .number(-1)]))])
    #expect(text.description == #"{"k\"":["\u001b[2J\u009b\u202e\\é\u000a",null,true,-1]}"#)
  }

  @Test(arguments: [("abc", 3), ("東京", 4), ("é", 1), ("e\u{301}", 1), ("📞", 2), ("", 0)])
  func widths(text: String, width: Int) {
    #expect(TerminalText.width(text) == width)
  }
}
