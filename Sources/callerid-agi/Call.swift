import AGI
import Rotation

/// One call: what Asterisk said of it, what the dialplan asks for it, and the store's answer.
struct Call {
  let arguments: Arguments
  let environment: Environment
  let storePath: String
  /// When to stop waiting for the store.
  let deadline: Deadline

  /// Carries out what the dialplan asked, and tells Asterisk.
  ///
  /// - Returns: whether Asterisk is to see success.
  func answer(over session: inout Session, invalid: Arguments.Invalid?) throws(SessionError) -> Bool {
    if let invalid {
      logRefusal(invalid.reason)
      return try refuse(.badRequest, invalid.reason, over: &session)
    }
    switch arguments.action {
    case .pick: return try pick(over: &session)
    case .release: return try release(over: &session)
    }
  }

  /// Asks the store one thing.
  private func ask<Result>(
    _ question: (Transaction) throws -> Result
  ) throws(StoreError) -> (result: Result, store: Store) {
    let answer = try Store.call(path: storePath, until: deadline, question)
    // Never closed: the process ends with the call, and the kernel is quicker at it.
    _ = Unmanaged.passRetained(answer.store)
    return answer
  }

  // MARK: Picking

  private func pick(over session: inout Session) throws(SessionError) -> Bool {
    var campaign = arguments.campaign
    if campaign == nil { campaign = try channelCampaign(over: &session) }
    let store: Store
    let answer: Answer
    do {
      let request = request(campaign: campaign)
      (answer, store) = try ask { try $0.pick(request) }
    } catch {
      return try refuse(Status(error), error.message, over: &session)
    }
    switch answer {
    case .refused(let status, let reason):
      return try refuse(status, reason, over: &session)
    case .kept(let reason):
      try set("CALLERID_STATUS", to: Status.kept.rawValue, over: &session)
      _ = try session.send(.verbose("Caller-ID kept: \(reason)", level: 1))
      return true
    case .granted(let grant):
      do throws(SessionError) {
        try present(grant, settings: store.settings, over: &session)
        return true
      } catch {
        // The call is gone, and does not need the number any more. If the store is busy, the time to live ends it. An
        // Asterisk that is only late still carries out what it was sent: then the call may show the number.
        if error == .hungUp { _ = try? store.release(request: grant.request) }
        throw error
      }
    }
  }

  private func request(campaign: String?) -> Request {
    var request = Request(destination: destination)
    request.dialString = environment.extension
    request.callerID = environment.callerID
    request.respectExisting = arguments.respectExisting
    request.areaCode = arguments.areaCode
    request.campaign = campaign.flatMap { CallerText($0) }
    request.agent = arguments.agent.flatMap { CallerText($0) }
    request.pool = arguments.pool
    request.carrier = arguments.carrier
    request.reservationTTL = arguments.reservationTTL
    request.uniqueID = environment.uniqueID.flatMap { CallerText($0) }
    request.callCode = callCode
    return request
  }

  /// The extension, and what was dialled to get here where that is no number (`s`, `h`).
  private var destination: String {
    if let destination = arguments.destination { return destination }
    let dialled = environment.extension ?? ""
    return Destination(dialled) == nil ? environment.dialledNumber ?? dialled : dialled
  }

  private var callCode: VICIdialCallName? { environment.callerIDName.flatMap { VICIdialCallName(callerIDName: $0) } }

  /// VICIdial's `call_log` leaves the campaign in a channel variable.
  private func channelCampaign(over session: inout Session) throws(SessionError) -> String? {
    for name in ["CAMPCUST", "campaign_id"] {
      switch try session.send(.getVariable(name: name)) {
      case .result(1, let value?) where !value.isEmpty: return value
      case .deadChannel: throw .hungUp
      default: continue
      }
    }
    return nil
  }

  // MARK: Telling Asterisk

  private func present(_ grant: Grant, settings: Settings, over session: inout Session) throws(SessionError) {
    try set("CALLERID(num)", to: grant.callerID, over: &session)
    if let name = name(for: grant, policy: arguments.namePolicy ?? settings.setName) {
      try set("CALLERID(name)", to: name, over: &session)
    }
    try set("CALLERID_STATUS", to: Status.ok.rawValue, over: &session)
    try set("CALLERID_CARRIER", to: grant.number.carrier?.name ?? "", over: &session)
    try set("CALLERID_AREA_CODE", to: grant.areaCode ?? "", over: &session)
    try set("CALLERID_MATCH", to: grant.match.rawValue, over: &session)
    _ = try session.send(.verbose("Using Rotated Caller-ID: \(grant.callerID)", level: 1))
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

  private func refuse(_ status: Status, _ reason: String, over session: inout Session) throws(SessionError) -> Bool {
    try set("CALLERID_STATUS", to: status.rawValue, over: &session)
    _ = try session.send(.verbose("Caller-ID unchanged: \(status.rawValue): \(reason)", level: 1))
    return false
  }

  private func set(_ name: String, to value: String, over session: inout Session) throws(SessionError) {
    switch try session.send(.setVariable(name: name, value: value)) {
    case .result: return
    case .deadChannel: throw .hungUp
    case .refused: throw .notAsterisk
    }
  }

  /// As far as the store allows: the call is refused anyway.
  private func logRefusal(_ reason: String) {
    _ = try? ask { try $0.log(refusalOf: request(campaign: arguments.campaign), reason: reason) }
  }

  // MARK: Releasing

  private func release(over session: inout Session) throws(SessionError) -> Bool {
    guard let uniqueID = environment.uniqueID.flatMap({ CallerText($0) }) else {
      return try refuse(.badRequest, "Asterisk sent no agi_uniqueid to release by", over: &session)
    }
    var outcome = Outcome()
    outcome.dialStatus = arguments.dialStatus.flatMap { CallerText($0) }
    outcome.answeredSeconds = arguments.answeredSeconds
    outcome.hangUpCause = arguments.hangUpCause
    let freed: [PhoneNumber]
    do {
      freed = try ask { try $0.release(uniqueID: uniqueID, outcome: outcome) }.result
    } catch {
      return try refuse(Status(error), error.message, over: &session)
    }
    try set("CALLERID_STATUS", to: Status.ok.rawValue, over: &session)
    let numbers = freed.isEmpty ? "none held" : freed.map(\.written).joined(separator: ", ")
    _ = try session.send(.verbose("Released Caller-ID: \(numbers)", level: 1))
    return true
  }
}
