import AGI
import Calls
import Rotation

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

/// A whole conversation ends the same way in however many pieces it comes, whatever the other end says.
func fuzzSession(_ bytes: [UInt8]) throws {
  let bytes = Array(bytes.prefix(60_000))
  let sources: [Conversation.Source] = [.given(Arguments(["S"])), .given(Arguments([])), .environment]
  for source in sources {
    for answer in try SessionAnswers.shared.get().all {
      let whole = try converse(source, answer, hearing: bytes, pieces: bytes.count)
      try expect(
        try converse(source, answer, hearing: bytes, pieces: 1 + bytes.count % 23) == whole, "pieces mean the same")
    }
  }
}

/// What a conversation came to.
private struct Outcome: Equatable {
  let sent: [UInt8]
  let ending: Ending
}

private func converse(
  _ source: Conversation.Source, _ answer: StoreAnswer, hearing bytes: [UInt8], pieces size: Int
) throws -> Outcome {
  var conversation = Conversation(source)
  var (rest, sent, questions, steps) = (bytes[...], [UInt8](), 0, 0)
  var step = Conversation.Step.wait
  while true {
    steps += 1
    try expect(steps <= 2 * bytes.count + 2000, "each step brings something")
    switch step {
    case .wait where rest.isEmpty: step = conversation.hungUp()
    case .look where rest.isEmpty: step = conversation.heardAll()
    case .wait, .look:
      let piece = Array(rest.prefix(max(1, size)))
      rest = rest.dropFirst(piece.count)
      step = conversation.received(piece)
    case .send(let lines):
      try expect(!lines.isEmpty, "there is something to send")
      let piece = lines.prefix(max(1, size))
      sent += piece
      step = conversation.sent(piece.count)
    case .ask:
      questions += 1
      step = conversation.answered(answer)
    case .finish(let ending):
      try check(ending, of: answer, questions: questions, sent: sent)
      guard case .finish(let again) = conversation.received(bytes) else { throw Broken(description: "it goes on") }
      try expect(again.isSuccess == ending.isSuccess && again.givenBack == nil, "nothing is given back twice")
      return Outcome(sent: sent, ending: ending)
    }
  }
}

private func check(_ ending: Ending, of answer: StoreAnswer, questions: Int, sent: [UInt8]) throws {
  try expect(questions <= 1, "the store is asked once")
  for line in sent.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
    try expect(line.count < 2047, "a command fits Asterisk's buffer")
    try expect(!line.contains { $0 < 0x20 || $0 == 0x7F }, "a command is one line")
  }
  try expect(sent.isEmpty || sent.last == UInt8(ascii: "\n"), "nothing is left of a line")
  try expect(ending.givenBack == nil || questions == 1, "nothing is given back that was not picked")
  // All was sent that was to be: a number is kept where the call may show it, and nowhere else.
  if case .picked(.granted(let grant), _) = answer, questions == 1 {
    try expect(ending.givenBack == nil || ending.givenBack == grant.request, "what was picked is given back")
    let isShown = text(sent).contains("SET VARIABLE CALLERID(num) ")
    try expect(!isShown || ending.isSuccess || ending.givenBack != nil, "a failure gives the number back")
  }
}
