internal import AGI
internal import Rotation

/// The commands by which Asterisk learns the answer, sent together, and how the conversation ends by what becomes of
/// them.
///
/// Asterisk reads all that is in the pipe into a buffer, carries out the first line of it, and each further one when the
/// pipe has something new: more bytes, or its end (`run_agi` in res_agi.c, which polls a descriptor that it reads with
/// fgets(3)). So what was sent together is carried out in its order, the first command at once and the others when the
/// program ends. One reply tells that Asterisk is there and listens; to wait for the others would be to wait for ever.
struct Announcement {
  private(set) var bytes: [UInt8] = []
  private var commands = 0
  /// How the conversation ends when Asterisk has heard it all.
  private let isSuccess: Bool
  /// The command that gives the call its caller-ID; nil where it keeps the one it has.
  private var presentation: Presentation?
  private var sentBytes = 0
  private var replies = 0

  private struct Presentation {
    /// The request in the store that holds the number.
    let request: Int
    /// Its place among the commands.
    let index: Int
    /// Where its line ends among the bytes.
    let end: Int
  }

  /// What ends a conversation early.
  enum Interruption {
    /// The caller hung up, or Asterisk went away: an ordinary end.
    case hungUp
    /// Asterisk did not answer in the time allowed.
    case timedOut
    /// What came is not the Asterisk Gateway Interface.
    case notAsterisk
    /// Asterisk has been told everything, has begun to carry it out, and is left to it.
    case left
  }

  // MARK: What is said

  private init(_ status: Status, isSuccess: Bool) {
    self.isSuccess = isSuccess
    // One of an answer has about 300 bytes.
    bytes.reserveCapacity(512)
    add(.setVariable(name: "CALLERID_STATUS", value: status.rawValue))
  }

  /// The caller-ID is set last: until then nothing about the call has changed but variables of our own and its name.
  ///
  /// - Parameters:
  ///   - name: the call's new name, set just before; nil: it keeps the one it has.
  ///   - allowsPresentation: whether the called person, who would not see a number, is to see this one.
  ///   - isOutgoing: whether it is the channel that Dial() calls out with, and not the caller's. Its caller-ID is the
  ///     called number; the trunk is sent its connected line.
  static func grant(_ grant: Grant, name: String?, allowsPresentation: Bool, isOutgoing: Bool) -> Announcement {
    var announcement = Announcement(.ok, isSuccess: true)
    announcement.add(.setVariable(name: "CALLERID_CARRIER", value: grant.number.carrier?.name ?? ""))
    announcement.add(.setVariable(name: "CALLERID_AREA_CODE", value: grant.areaCode ?? ""))
    announcement.add(.setVariable(name: "CALLERID_MATCH", value: grant.match.rawValue))
    if let name { announcement.add(.setVariable(name: "CALLERID(name)", value: name)) }
    if allowsPresentation { announcement.add(.setVariable(name: "CALLERID(pres)", value: "allowed_not_screened")) }
    if isOutgoing { announcement.add(.setVariable(name: "CONNECTEDLINE(num,i)", value: grant.callerID)) }
    announcement.add(.setVariable(name: "CALLERID(num)", value: grant.callerID))
    announcement.presentation = Presentation(
      request: grant.request, index: announcement.commands - 1, end: announcement.bytes.count)
    // Whoever sees the wrong number at a trunk looks here.
    let place = isOutgoing ? " (as the connected line of the channel that Dial() calls out with)" : ""
    announcement.add(.verbose("Using Rotated Caller-ID: \(grant.callerID)\(place)", level: 1))
    return announcement
  }

  static func refusal(_ status: Status, _ reason: String) -> Announcement {
    note(status, "Caller-ID unchanged: \(status.rawValue): \(reason)", isSuccess: false)
  }

  /// A status and a line for Asterisk's console; the call keeps its caller-ID.
  static func note(_ status: Status, _ message: String, isSuccess: Bool) -> Announcement {
    var announcement = Announcement(status, isSuccess: isSuccess)
    announcement.add(.verbose(message, level: 1))
    return announcement
  }

  private mutating func add(_ command: Command) {
    command.write(to: &bytes)
    commands += 1
  }

  // MARK: What becomes of it

  /// Notes that Asterisk has been sent so many bytes more.
  mutating func send(_ count: Int) { sentBytes += count }

  /// Takes the reply to the first command that has none yet.
  ///
  /// - Returns: how the conversation ends, or nil where more replies are to come.
  mutating func take(_ reply: Reply) -> Ending? {
    if case .refused = reply, let presentation, replies == presentation.index { return ending(.notAsterisk) }
    replies += 1
    return replies == commands ? Ending(isSuccess: isSuccess) : nil
  }

  /// Whether Asterisk has replied to the first command.
  var isAnswered: Bool { replies > 0 }

  func ending(_ interruption: Interruption) -> Ending {
    if let presentation, replies > presentation.index { return Ending(isSuccess: isSuccess) }
    switch interruption {
    case .hungUp: return Ending(isSuccess: true, givenBack: presentation?.request)
    // An Asterisk that is only late still carries out what it was sent.
    case .left: return Ending(isSuccess: isSuccess)
    case .timedOut where sentBytes >= presentation?.end ?? bytes.count: return Ending(isSuccess: isSuccess)
    case .timedOut, .notAsterisk: return Ending(isSuccess: false, givenBack: presentation?.request)
    }
  }
}
