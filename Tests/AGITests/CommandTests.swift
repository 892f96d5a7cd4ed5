import PlainText
import Testing

@testable import AGI

struct CommandTests {
  private func text(_ command: Command) -> String { String(decoding: command.line, as: UTF8.self) }

  @Test(arguments: [
    (Command.setVariable(name: "CALLERID(num)", value: "12145550101"), "SET VARIABLE CALLERID(num) 12145550101\n"),
    (.setVariable(name: "CALLERID_CARRIER", value: "Acme Telecom"), "SET VARIABLE CALLERID_CARRIER \"Acme Telecom\"\n"),
    (.setVariable(name: "X", value: ""), "SET VARIABLE X \"\"\n"),
    (.setVariable(name: "X", value: "a\"b\\c"), #"SET VARIABLE X "a\"b\\c""# + "\n"),
    (.setVariable(name: "X", value: "a\nHANGUP"), "SET VARIABLE X \"a HANGUP\"\n"),
    (.setVariable(name: "X", value: "a\u{85}b\u{2028}c\u{202E}d\u{2067}e"), "SET VARIABLE X \"a b c d e\"\n"),
    (.getVariable(name: "CAMPCUST"), "GET VARIABLE CAMPCUST\n"),
    (.verbose("Using it", level: 1), "VERBOSE \"Using it\" 1\n"),
  ])
  func isWritten(command: Command, line: String) {
    #expect(text(command) == line)
  }

  /// Asterisk's reading of a command line, as `parse_args` in res_agi.c goes about it: blanks part arguments, quotes
  /// hold blanks together, a backslash takes the next byte as it is.
  private func parse(_ line: [UInt8]) -> [[UInt8]] {
    var arguments: [[UInt8]] = []
    var current: [UInt8]?
    var isQuoted = false
    var isEscaped = false
    for byte in line {
      if isEscaped {
        current = (current ?? []) + [byte]
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        current = current ?? []
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"), !isQuoted {
        if let argument = current { arguments.append(argument) }
        current = nil
      } else {
        current = (current ?? []) + [byte]
      }
    }
    if let argument = current { arguments.append(argument) }
    return arguments
  }

  /// Of all characters there are, those that the one table names become spaces, and no others.
  @Test func whatDoesHarmBecomesASpace() {
    for value in (0...UInt32(0x10FFFF)) where value != 0x22 && value != 0x5C {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let line = Command.setVariable(name: "X", value: "a\(scalar)b").line
      if scalar == " " || scalar.isUnsafe {
        #expect(line == Array("SET VARIABLE X \"a b\"\n".utf8), "U+\(String(value, radix: 16))")
      } else if value < 0x3000 || value % 97 == 0 {
        #expect(line == Array("SET VARIABLE X a\(scalar)b\n".utf8), "U+\(String(value, radix: 16))")
      }
    }
  }

  @Test(
    arguments: [
      0x00, 0x1B, 0x7F, 0x85, 0x9B, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2066,
      0x2069, 0xFEFF,
    ] as [UInt32])
  func doesHarm(value: UInt32) throws { #expect(try #require(Unicode.Scalar(value)).isUnsafe) }

  /// Persian and some emoji are written with joiners.
  @Test(arguments: [0x20, 0x7E, 0xA0, 0xE9, 0x0627, 0x200C, 0x200D, 0x2010, 0x202F, 0x65E5, 0x1F4DE] as [UInt32])
  func doesNone(value: UInt32) throws { #expect(try !#require(Unicode.Scalar(value)).isUnsafe) }

  @Test func anyValueArrivesAsOneArgument() {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let alphabet = Array("ab 1\"\\\t\n\r\u{0}\u{7F}\u{85}é日,;()${}|").map(String.init)
    for _ in 0..<20_000 {
      let value = (0..<random(30)).map { _ in alphabet[random(alphabet.count)] }.joined()
      let line = Command.setVariable(name: "X", value: value).line
      #expect(line.last == UInt8(ascii: "\n"))
      #expect(!line.dropLast().contains { $0 < 0x20 })
      let expected = String(
        String.UnicodeScalarView(
          value.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }))
      let arguments = parse(line.dropLast()).map { String(decoding: $0, as: UTF8.self) }
      #expect(arguments == ["SET", "VARIABLE", "X", expected])
    }
  }

  @Test(arguments: ["a", "é", "日", "\"", "\\"])
  func aLineIsNeverLongerThanAsterisksBuffer(piece: String) {
    let long = String(repeating: piece, count: 5000)
    for command in [Command.setVariable(name: "X", value: long), .verbose(long, level: 1)] {
      #expect(command.line.count <= Command.maximumLength)
      #expect(command.line.count > Command.maximumLength - 8)
      // Neither a character nor an escape is cut in two.
      let arguments = parse(command.line.dropLast()).map { String(validating: $0, as: UTF8.self) }
      #expect(!arguments.contains(nil))
    }
  }

  @Test func commandsThatAreSentTogetherAreTheLinesOfEach() {
    let long = String(repeating: "x", count: 5000)
    let commands = [
      Command.setVariable(name: "X", value: "a b"), .verbose(long, level: 1), .setVariable(name: "Y", value: long),
      .getVariable(name: "Z"),
    ]
    var together: [UInt8] = []
    for command in commands { command.write(to: &together) }
    #expect(together == commands.flatMap(\.line))
  }
}
