extension CallVector {
  /// Conversations that do not go as they should. The seven commands are sent together; the number is the sixth.
  static let ends = cutOff + hangUps + silences + refusedCommands

  private static func end(
    _ description: String, _ replies: [String], _ end: End, isSuccess: Bool = true, isHeld: Bool
  ) -> CallVector {
    var vector = CallVector(description)
    vector.turns = [Turn(presentation, replies)]
    vector.end = end
    vector.isSuccess = isSuccess
    vector.isHeld = isHeld
    return vector
  }

  // MARK: Before the first command

  private static let cutOff = [(End.hangsUp, true), (.isSilent, false)].flatMap { end, isSuccess in
    [0, 1, usualEnvironment.count - 1].map { lines in
      var vector = CallVector("Asterisk \(end) after \(lines) lines")
      vector.environment = Array(usualEnvironment.prefix(lines))
      vector.end = end
      vector.isSuccess = isSuccess
      vector.isHeld = false
      return vector
    }
  }

  // MARK: The caller hangs up

  private static let hangUps = (0...6).flatMap { count in
    [
      end("Asterisk goes away after \(count) replies", done(count), .hangsUp, isHeld: count == 6),
      end("the line HANGUP after \(count) replies", done(count) + ["HANGUP"], .waits, isHeld: count == 6),
      end(
        "the channel is dead after \(count) replies",
        done(count) + ["511 Command Not Permitted on a dead channel or intercept routine"], .waits, isHeld: count == 6),
    ]
  }

  // MARK: Asterisk is late

  private static let silences = (0...6).map { count in
    end("Asterisk says no more after \(count) replies", done(count), .isSilent, isHeld: true)
  }

  // MARK: Asterisk refuses

  private static let refusedCommands =
    (0...6).flatMap { index in
      [["510 Invalid or unknown command"], ["520 Invalid command syntax.  Proper usage not available."], usage].map {
        // Without CALLERID(num) the rest does not matter any more.
        let isShown = index != 5
        let replies = done(index) + $0 + (isShown ? done(6 - index) : [])
        return end(
          "command \(index + 1) is refused: \($0[0])", replies, .waits, isSuccess: isShown, isHeld: isShown)
      }
    } + [
      end(
        "something else than Asterisk", Array(repeating: "hello", count: 201), .waits, isSuccess: false, isHeld: false)
    ]
}
