import CallVectors
import Testing

@testable import Calls
@testable import Rotation

/// What the store is asked, by what the dialplan and Asterisk say.
struct QuestionTests {
  private func question(_ arguments: [String], _ environment: [String]) throws -> Question {
    var conversation = Conversation(.given(Arguments(arguments)))
    let text = environment.map { $0 + "\n" }.joined()
    var step = conversation.received(Array(text.utf8))
    // The channel has no variables.
    while case .send(let bytes) = step {
      _ = conversation.sent(bytes.count)
      step = conversation.received(Array("200 result=0\n".utf8))
    }
    guard case .ask(let question) = step else { throw Unexpected() }
    return question
  }

  private func pick(_ arguments: [String], _ environment: [String] = CallVector.usualEnvironment) throws -> Request {
    guard case .pick(let request) = try question(arguments, environment) else { throw Unexpected() }
    return request
  }

  private struct Unexpected: Error {}

  @Test func aPickCarriesAllThatIsKnown() throws {
    let request = try pick([
      "SALES", "1001", "area=972", "pool=north", "carrier=Bell", "ttl=30", "respect-existing",
    ])
    #expect(request.destination == "12145551212")
    #expect(request.dialString == "12145551212")
    #expect(request.callerID == "8005550100")
    #expect(request.campaign?.text == "SALES")
    #expect(request.agent?.text == "1001")
    #expect(request.areaCode == "972")
    #expect(request.pool == "north")
    #expect(request.carrier == "Bell")
    #expect(request.reservationTTL == 30)
    #expect(request.respectExisting)
    #expect(request.uniqueID?.text == "1790000000.1")
    #expect(request.callCode == nil)
  }

  @Test(arguments: [
    ("12145551212", "unknown", [], "12145551212"), ("s", "12145551212", [], "12145551212"), ("s", "unknown", [], "s"),
    ("h", "12145551212", ["to=9725551212"], "9725551212"),
    ("PJSIP/12145551212@trunk", "unknown", [], "PJSIP/12145551212@trunk"),
    ("12145551212", "unknown", ["to=9725551212"], "9725551212"),
  ])
  func theDestinationIsTheFirstThatIsOne(dialled: String, dnid: String, options: [String], destination: String) throws {
    let environment = CallVector.environment("agi_extension", dialled).map {
      $0.hasPrefix("agi_dnid: ") ? "agi_dnid: \(dnid)" : $0
    }
    #expect(try pick(["S", ""] + options, environment).destination == destination)
  }

  @Test func aCallOfVICIdialsHasItsCode() throws {
    let environment = CallVector.environment("agi_calleridname", "V1124150058000001234")
    #expect(try pick(["S"], environment).callCode?.text == "V1124150058000001234")
  }

  @Test func aReleaseCarriesTheOutcome() throws {
    let arguments = ["", "", "action=release", "status=ANSWER", "answered=12", "cause=16"]
    guard case .release(let uniqueID, let outcome) = try question(arguments, CallVector.usualEnvironment) else {
      throw Unexpected()
    }
    #expect(uniqueID.text == "1790000000.1")
    #expect(outcome.dialStatus?.text == "ANSWER")
    #expect(outcome.answeredSeconds == 12)
    #expect(outcome.hangUpCause == 16)
  }

  /// It is logged with what could be read of it, and nobody is asked for a campaign.
  @Test func anInvalidRequestIsLogged() throws {
    guard case .logRefusal(let request, let reason) = try question(["", "", "ttl=x"], CallVector.usualEnvironment)
    else {
      throw Unexpected()
    }
    #expect(request.destination == "12145551212")
    #expect(request.campaign == nil)
    #expect(reason == "ttl= is a number of seconds, not x")
  }

  // MARK: A server's arguments

  @Test func aServerIsToldNoStore() throws {
    var conversation = Conversation(.environment)
    let environment = ["agi_arg_1: S", "agi_arg_2: ", "agi_arg_3: db=/tmp/other.db", ""].map { $0 + "\n" }.joined()
    guard case .ask(.logRefusal(let request, let reason)) = conversation.received(Array(environment.utf8)) else {
      throw Unexpected()
    }
    #expect(request.campaign?.text == "S")
    #expect(reason == "db= is not for a server, which has a store of its own")
  }
}
