internal import AGI
internal import Rotation

/// One call: what the dialplan asks for it, and what Asterisk said of it.
final class Call: Sendable {
  let arguments: Arguments
  let environment: Environment
  /// Whether the dialplan says the number that is dialled, by an argument or by its extension.
  let dialsANumber: Bool
  private let channel: ChannelVariables?
  private let campaign: CallerText?
  private let agent: CallerText?
  private let uniqueID: CallerText?
  /// What is wrong with what the call asks, or with the names by which it asks; nil: nothing.
  private let invalid: String?

  /// - Parameter channel: what its variables say; nil: they were not asked.
  init(arguments: Arguments, environment: Environment, channel: ChannelVariables?) {
    self.arguments = arguments
    self.environment = environment
    self.channel = channel
    dialsANumber = arguments.destination != nil || environment.extension.map(Destination.isNumber) ?? false
    var invalid = arguments.invalid?.reason
    func read(_ raw: String?, isAsked: Bool, _ read: (String) throws(StoreError) -> CallerText?) -> CallerText? {
      guard let raw else { return nil }
      do throws(StoreError) {
        return try read(raw)
      } catch {
        if isAsked { invalid = invalid ?? error.message }
        return nil
      }
    }
    // A release asks by the call's uniqueid alone.
    let isPick = arguments.action == .pick
    self.campaign = read(arguments.campaign ?? channel?.campaign, isAsked: isPick) { (raw) throws(StoreError) in
      try CallerText(name: raw, of: "the campaign's name")
    }
    agent = read(arguments.agent, isAsked: isPick) { (raw) throws(StoreError) in
      try CallerText(name: raw, of: "the agent's name")
    }
    uniqueID = read(environment.uniqueID, isAsked: true) { (raw) throws(StoreError) in
      try CallerText(uniqueID: raw)
    }
    self.invalid = invalid
  }

  // MARK: Asking the store

  /// Nil where there is nothing to ask it.
  var question: Question? {
    if let invalid { return .logRefusal(request, reason: invalid) }
    switch arguments.action {
    case .pick: return .pick(request)
    case .release: return uniqueID.map { .release($0, outcome) }
    }
  }

  private var request: Request {
    var request = Request(destination: destination)
    request.dialString = environment.extension
    request.callerID = environment.callerID
    request.respectExisting = arguments.respectExisting
    request.areaCode = arguments.areaCode
    request.campaign = campaign
    request.agent = agent
    request.pool = arguments.pool
    request.carrier = arguments.carrier
    request.reservationTTL = arguments.reservationTTL
    request.uniqueID = uniqueID
    request.callCode = callCode
    return request
  }

  private var outcome: Outcome {
    var outcome = Outcome()
    outcome.dialStatus = arguments.dialStatus.flatMap { CallerText($0) }
    outcome.answeredSeconds = arguments.answeredSeconds
    outcome.hangUpCause = arguments.hangUpCause
    outcome.technologyCause = arguments.technologyCause.flatMap { CallerText($0, maximumLength: 250) }
    return outcome
  }

  /// Whether it may be the channel of a trunk, whose own caller-ID is the number that is called: the extension that
  /// dialled it, which can also be the `s` of a macro.
  var mayBeOutgoing: Bool {
    guard dialsANumber else { return true }
    guard let callerID = environment.callerID else { return false }
    if callerID == "s" { return true }
    // Compared by bytes, because every call is.
    let ending = callerID.utf8.suffix(7)
    return environment.extension?.utf8.suffix(ending.count).elementsEqual(ending) ?? false
      || arguments.destination == callerID
  }

  /// The extension, and where that is no number (`s`, `h`) what the channel's variables say, or what was dialled to get
  /// here. The number that was dialled comes last: on a call that is passed on it is one of ours.
  private var destination: String {
    if let destination = arguments.destination { return destination }
    let dialled = environment.extension ?? ""
    return dialsANumber ? dialled : channel?.destination ?? environment.dialledNumber ?? dialled
  }

  private var callCode: VICIdialCallName? { environment.callerIDName.flatMap { VICIdialCallName(callerIDName: $0) } }

  // MARK: Telling Asterisk

  /// What Asterisk is told once the store has answered.
  func announcement(of answer: StoreAnswer) -> Announcement {
    if let invalid { return .refusal(.badRequest, invalid) }
    switch answer {
    case .picked(.granted(let grant), let settings):
      return .grant(
        grant, name: name(for: grant, policy: arguments.namePolicy ?? settings.name),
        allowsPresentation: environment.withholdsNumber && settings.presentation == .allow,
        isOutgoing: channel?.isOutgoing ?? false)
    case .picked(.kept(let reason), _):
      return .note(.kept, "Caller-ID kept: \(reason)", isSuccess: true)
    case .picked(.refused(let status, let reason), _): return .refusal(status, reason)
    // Whoever asks the cluster does so before a call is told anything.
    case .picked(.elsewhere, _): return .refusal(.noneAvailable, "other dialers have the numbers that would do")
    case .released(let numbers):
      let freed = numbers.isEmpty ? "none held" : numbers.map(\.written).joined(separator: ", ")
      let unused = arguments.unused.map { "; not used: \($0.reason)" } ?? ""
      return .note(.ok, "Released Caller-ID: \(freed)\(unused)", isSuccess: true)
    case .failed(let error): return .refusal(Status(error), error.message)
    // Only an invalid request is logged, and that is told above.
    case .logged: return .refusal(.badRequest, "")
    }
  }

  /// Where there was nothing to ask the store.
  var announcementWithoutAnswer: Announcement {
    .refusal(.badRequest, "Asterisk sent no agi_uniqueid to release by")
  }

  /// Nil: the call keeps the name it has, as VICIdial's always do.
  private func name(for grant: Grant, policy: NamePolicy) -> String? {
    guard callCode == nil else { return nil }
    switch policy {
    case .keep: return nil
    case .name where !grant.number.name.isEmpty: return grant.number.name
    case .auto, .number, .name: return grant.callerID
    }
  }
}
