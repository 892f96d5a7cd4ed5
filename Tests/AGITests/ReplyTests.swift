import AGI
import Testing

struct ReplyTests {
  private func read(_ lines: String...) -> [ReplyParser.Line] {
    var parser = ReplyParser()
    return lines.map { parser.read(line: Array($0.utf8)[...]) }
  }

  @Test(arguments: [
    ("200 result=1", Reply.result(1, value: nil)),
    ("200 result=0", .result(0, value: nil)),
    ("200 result=-1", .result(-1, value: nil)),
    ("200 result=1 (SALES)", .result(1, value: "SALES")),
    ("200 result=1 (\u{301}a)", .result(1, value: "\u{301}a")),
    ("200 result=1 (a (b) c)", .result(1, value: "a (b) c")),
    ("200 result=1 ()", .result(1, value: "")),
    ("200 result=1 (timeout) endpos=4", .result(1, value: "timeout")),
    ("200 result=", .refused(code: 200, text: "result=")),
    ("200 okay", .refused(code: 200, text: "okay")),
    ("510 Invalid or unknown command", .refused(code: 510, text: "Invalid or unknown command")),
    ("511 Command Not Permitted on a dead channel or intercept routine", .deadChannel),
    (
      "520 Invalid command syntax.  Proper usage not available.",
      .refused(code: 520, text: "Invalid command syntax.  Proper usage not available.")
    ),
  ])
  func aLineIsAReply(line: String, reply: Reply) {
    #expect(read(line) == [.reply(reply)])
  }

  @Test func theUsageTextBelongsToItsReply() {
    // As Asterisk 16.28 answers `SET VARIABLE X`.
    #expect(
      read(
        "520-Invalid command syntax.  Proper usage follows:", "Sets a variable to the current channel.",
        "200 result=1", "520 End of proper usage.", "200 result=1")
        == [
          .partial, .partial, .partial, .reply(.refused(code: 520, text: "Invalid command syntax")),
          .reply(.result(1, value: nil)),
        ])
  }

  @Test func theUsageTextMayEndWithoutALineEnd() {
    #expect(
      read(
        "520-Invalid command syntax.  Proper usage follows:", "520 is no end by itself.",
        "Sets a variable to the current channel.520 End of proper usage.", "200 result=1")
        == [
          .partial, .partial, .reply(.refused(code: 520, text: "Invalid command syntax")),
          .reply(.result(1, value: nil)),
        ])
  }

  @Test(arguments: ["", "x", "20", "hello there", "2000 x", "-20 x", "100 Trying...", "\u{0}"])
  func whatIsNoReplyIsPassedOver(line: String) { #expect(read(line) == [.partial]) }

  @Test func aHangUpIsToldApart() { #expect(read("HANGUP") == [.hangUp]) }
}
