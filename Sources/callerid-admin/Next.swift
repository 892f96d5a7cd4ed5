import ArgumentParser
import Rotation

struct Next: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the number that a call would get now.",
    discussion: """
      Nothing is taken, counted or logged unless --reserve is given. Exits 1 where the call would get none.
        callerid-admin next --to 12145551212 --campaign SALES
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "The number being dialled.") var to: String
  @Option(help: "The campaign that calls.") var campaign: String?
  @Option(help: "The agent that calls.") var agent: String?
  @Option(help: "Draw only from this pool.") var pool: String?
  @Option(help: "Draw only from numbers of this carrier.") var carrier: String?
  @Option(help: "Match this area code instead of the destination's.") var area: String?
  @Option(help: ArgumentHelp("How long to hold the number.", valueName: "seconds")) var ttl: Int?
  @Flag(help: "Take the number, as a call would.") var reserve = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if let area, !AreaCode.isDigits(area) { throw ValidationError("--area is 1 to 6 digits.") }
    if let ttl, !(0...Request.maximumTTL).contains(ttl) {
      throw ValidationError("--ttl is 0 to \(Request.maximumTTL) seconds.")
    }
  }

  func run(on store: Store) throws {
    var request = Request(destination: to)
    request.campaign = campaign.flatMap { Label($0) }
    request.agent = agent.flatMap { Label($0) }
    request.pool = pool
    request.carrier = carrier
    request.areaCode = area
    request.reservationTTL = ttl
    let answer = try reserve ? store.pick(request) : store.rehearsePick(request)
    switch answer {
    case .granted(let grant):
      if format.json { JSON(grant, reserved: reserve, at: store.moment).print() } else { print(grant, of: store) }
    case .kept(let reason):
      if format.json { JSON(refused: .kept, reason: reason).print() } else { Terminal.print("KEPT: \(reason)") }
    case .refused(let status, let reason):
      if format.json { JSON(refused: status, reason: reason).print() }
      Terminal.fail("\(status.rawValue): \(reason)")
    }
  }

  private func print(_ grant: Grant, of store: Store) {
    let why =
      switch grant.match {
      case .area: "serves area code \(grant.areaCode ?? "")"
      case .region: "serves another area code of the destination's state or province"
      case .any: "no number nearer to the destination was free"
      case .sticky: "it was shown before"
      case .exhausted: "none was free: the least used of those that calls hold"
      }
    var line = "\(grant.callerID)  \(why)"
    if let carrier = grant.number.carrier { line += ", carrier \(carrier.name)" }
    if reserve, let until = grant.reservedUntil {
      line += ", reserved until \(Time.local(until, in: store.settings.calendar))"
    }
    Terminal.print(line)
  }
}
