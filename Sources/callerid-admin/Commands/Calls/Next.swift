import ArgumentParser
import Output
import Rotation

struct Next: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the number that a call would get now.",
    discussion: """
      Nothing is reserved, counted or logged unless --reserve is given. It exits with 1 where the call would get no \
      number; the command explain says why.
        callerid-admin next 12145551212 --campaign SALES
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var call: RequestOptions
  @Option(
    help: ArgumentHelp("How long the number is reserved, from 0 to \(Request.maximumTTL).", valueName: "seconds"))
  var ttl: Int?
  @Flag(help: "Take the number as a call would: reserve it, count the call and log it.") var reserve = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if let ttl, !(0...Request.maximumTTL).contains(ttl) {
      throw ValidationError("--ttl must be from 0 to \(Request.maximumTTL) seconds.")
    }
  }

  func run(on store: Store) throws {
    var request = try call.request()
    request.reservationTTL = ttl
    let answer = try reserve ? store.pick(request) : store.rehearsePick(request)
    switch answer {
    case .granted(let grant):
      if format.json {
        Terminal.print(JSON(grant, reserved: reserve, at: store.moment))
      } else {
        print(grant, of: store)
      }
    case .kept(let reason):
      if format.json { Terminal.print(JSON(refused: .kept, reason: reason)) } else { Terminal.print("KEPT: \(reason)") }
    case .refused(let status, let reason):
      if format.json { Terminal.print(JSON(refused: status, reason: reason)) }
      Terminal.fail("\(status.rawValue): \(reason)")
    case .elsewhere: break
    }
  }

  private func print(_ grant: Grant, of store: Store) {
    var line = "\(grant.callerID)  \(grant.match.reason(areaCode: grant.areaCode))"
    if let carrier = grant.number.carrier { line += ", carrier \(carrier.name)" }
    if reserve, let until = grant.reservedUntil {
      line += ", reserved until \(Time.local(until, in: store.settings.calendar))"
    }
    Terminal.print(line)
  }
}
