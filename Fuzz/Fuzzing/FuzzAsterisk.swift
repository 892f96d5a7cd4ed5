import AGI
import Glibc

/// The environment holds what its lines say, and nothing that a line end could smuggle in.
func fuzzEnvironment(_ bytes: [UInt8]) throws {
  var environment = Environment()
  let lines = lines(bytes)
  for line in lines { environment.read(line: line) }
  let read = lines.prefix { !$0.isEmpty }
  try expect(environment.isComplete == (read.count < lines.count), "complete with the first blank line, not before")
  for name in ["agi_uniqueid", "agi_extension", "agi_calleridname", "agi_x"] {
    let value = environment[name]
    let line = read.prefix(256).first { $0.starts(with: Array((name + ":").utf8)) }
    let rest = (line ?? []).dropFirst(name.utf8.count + 1)
    let expected = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
    try expect(value == (expected.isEmpty ? nil : text(expected)), "\(name) is what its first line says")
    try expect(value?.utf8.contains(UInt8(ascii: "\n")) != true, "no value has a line end")
  }
}

/// A reply is found only where its line has a reply's form.
func fuzzReply(_ bytes: [UInt8]) throws {
  var parser = ReplyParser()
  for line in lines(bytes) {
    switch parser.read(line: line) {
    case .partial: continue
    case .hangUp: try expect(line.elementsEqual("HANGUP".utf8), "nothing else is a hang-up")
    case .reply(.deadChannel): try expect(line.starts(with: "511".utf8), "nothing else is a dead channel")
    case .reply(.refused(let code, _)):
      try expect(code >= 200, "\(code) is no refusal")
    case .reply(.result(_, let value)):
      try expect(line.starts(with: "200".utf8), "nothing else is a result")
      try expect(value.map { text(line).contains("(" + $0 + ")") } ?? true, "the value stands between parentheses")
    }
  }
}

/// A whole conversation ends, in an answer or a `SessionError`, whatever the other end says.
func fuzzSession(_ bytes: [UInt8]) throws {
  signal(SIGPIPE, SIG_IGN)
  let input = try pipe(holding: bytes.prefix(60_000))
  let output = try pipe(holding: [])
  defer { for descriptor in [input.reading, output.reading, output.writing] { close(descriptor) } }
  close(input.writing)
  var waits = 0
  var session = Session(input: input.reading, output: output.writing) {
    waits += 1
    return 1000
  }
  var sent = 0
  do throws(SessionError) {
    let environment = try session.readEnvironment()
    while sent < 12 {
      sent += 1
      _ = try session.send(.setVariable(name: "CALLERID(name)", value: environment.callerIDName ?? ""))
    }
  } catch {
    try expect(error != .timedOut, "all of the input was there")
  }
  try expect(waits <= bytes.count + 8, "each wait brings something")
  // A command is one line, whatever the environment held.
  var heard = [UInt8](repeating: 0, count: 60_000)
  let count = sent == 0 ? 0 : read(output.reading, &heard, heard.count)
  try expect(heard[..<count].count { $0 == UInt8(ascii: "\n") } == sent, "\(sent) commands are as many lines")
}

private func pipe(holding bytes: ArraySlice<UInt8>) throws(Broken) -> (reading: Int32, writing: Int32) {
  var ends: (Int32, Int32) = (0, 0)
  let made = withUnsafeMutablePointer(to: &ends) {
    $0.withMemoryRebound(to: Int32.self, capacity: 2) { Glibc.pipe($0) }
  }
  try expect(made == 0, "a pipe")
  let written = bytes.withUnsafeBytes { $0.isEmpty ? 0 : write(ends.1, $0.baseAddress, $0.count) }
  try expect(written == bytes.count, "a pipe holds 60,000 bytes")
  return ends
}
