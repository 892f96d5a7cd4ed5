import Testing

@testable import AGI

struct MessageReaderTests {
  private typealias Message = MessageReader.Message

  /// What the reader makes of a text that comes in pieces of a size.
  private func messages(in text: String, pieces size: Int = .max) -> [Message] {
    var reader = MessageReader()
    var messages: [Message] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      reader.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
      while let message = reader.next() {
        messages.append(message)
        if message == .notAsterisk { return messages }
      }
    }
    return messages
  }

  private func environment(_ lines: String...) -> Environment {
    var environment = Environment()
    for line in lines + [""] { environment.read(line: Array(line.utf8)[...]) }
    return environment
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func whatComesMayComeInPieces(size: Int) {
    let text = "agi_uniqueid: 1.1\nagi_extension: 12145551212\n\n200 result=1\n511 Dead\n"
    #expect(
      messages(in: text, pieces: size) == [
        .environment(environment("agi_uniqueid: 1.1", "agi_extension: 12145551212")), .reply(.result(1, value: nil)),
        .reply(.deadChannel),
      ])
  }

  @Test(arguments: [1, 2, 1000])
  func linesMayEndAsThoseOfWindows(size: Int) {
    #expect(
      messages(in: "agi_extension: 1\r\n\r\n200 result=1 (SALES)\r\nHANGUP\r\n", pieces: size) == [
        .environment(environment("agi_extension: 1")), .reply(.result(1, value: "SALES")), .hangUp,
      ])
  }

  @Test(arguments: ["", "agi_uniqueid: 1.1\n", "agi_uniqueid: 1.1", "HANGUP\n"])
  func beforeTheBlankLineThereIsNoMessage(text: String) { #expect(messages(in: text).isEmpty) }

  @Test(arguments: ["200 resu", "200 result=1", "520-Invalid\nSets a variable\n"])
  func halfAReplyIsNone(text: String) {
    #expect(messages(in: "\n" + text) == [.environment(environment())])
  }

  @Test func bytesWaitUntilTheyAreAskedFor() {
    var reader = MessageReader()
    let text = Array("\n200 result=1\n200 result=2\n".utf8)
    for byte in text { reader.append([byte]) }
    #expect(reader.next() == .environment(environment()))
    reader.append(Array("200 result=3\n200".utf8))
    for result in 1...3 { #expect(reader.next() == .reply(.result(result, value: nil))) }
    #expect(reader.next() == nil)
    reader.append(Array(" result=4\n".utf8))
    #expect(reader.next() == .reply(.result(4, value: nil)))
  }

  @Test func anEndlessEnvironmentIsNoAsterisk() {
    let line = "agi_x: \(String(repeating: "x", count: 1000))\n"
    #expect(messages(in: String(repeating: line, count: 400)) == [.notAsterisk])
  }

  @Test func linesWithoutEndThatAreNoReplyAreNoAsterisk() {
    let lines = String(repeating: "hello\n", count: MessageReader.maximumReplyLines)
    #expect(messages(in: "\n" + lines + "200 result=1\n") == [.environment(environment()), .notAsterisk])
    let fewer = lines.dropLast("hello\n".utf8.count)
    #expect(
      messages(in: "\n\(fewer)200 result=1\n\(fewer)200 result=1\n").dropFirst()
        == [.reply(.result(1, value: nil)), .reply(.result(1, value: nil))])
  }

  @Test(arguments: [1000, 4096, 5000, 1_000_000])
  func aLineThatIsTooLongIsCutOffAndTheNextIsRead(size: Int) throws {
    let text = "agi_x: \(String(repeating: "x", count: 100_000))\nagi_extension: 1\n\n"
    guard case .environment(let environment)? = messages(in: text, pieces: size).first else {
      Issue.record("no environment")
      return
    }
    #expect(environment["agi_x"]?.utf8.count == MessageReader.maximumLine - 7)
    #expect(environment.extension == "1")
  }

  @Test func whatIsTooLongIsNotKept() {
    var reader = MessageReader()
    for _ in 0..<1000 {
      reader.append([UInt8](repeating: UInt8(ascii: "x"), count: 4096))
      #expect(reader.next() == nil)
    }
    #expect(reader.keptBytes <= MessageReader.maximumLine)
  }
}
