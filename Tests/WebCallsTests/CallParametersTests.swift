import Rotation
import Testing
import WebCalls

/// What a request or a release is made of, in the names of each interface.
struct CallParametersTests {
  private func parameters(_ query: String) throws -> WebParameters { try WebParameters(query: query) }

  @Test func aRequestHasAllThatIsSaid() throws {
    let request = try Request(
      nextCID: parameters(
        "to=%2B12145551212&campaign=SALES&agent=7&area_code=469&pool=tx&carrier=Acme&ttl=60&uniqueid=1.2&format=text"))
    #expect(request.destination == "+12145551212")
    #expect(request.campaign?.text == "SALES")
    #expect(request.agent?.text == "7")
    #expect(request.areaCode == "469")
    #expect(request.pool == "tx")
    #expect(request.carrier == "Acme")
    #expect(request.reservationTTL == 60)
    #expect(request.uniqueID?.text == "1.2")
  }

  @Test func aNameThatIsTooLongIsNeverCut() throws {
    let name = String(repeating: "a", count: 65)
    for query in ["to=12145551212&campaign=\(name)", "to=12145551212&campaign=S&agent=\(name)"] {
      #expect(throws: ParameterError.self) { try Request(nextCID: parameters(query)) }
    }
  }

  @Test func theOptimizersClientsMayKnowTheAreaOnly() throws {
    let request = try Request(nextDID: parameters("customer_area_code=214&campaign_id=S&customer_state=TX"))
    #expect(request.areaCode == "214")
    #expect(request.destination.hasPrefix("214"))
    #expect(try Request(nextDID: parameters("customer_phone=2145551212&customer_area_code=abc")).areaCode == nil)
    #expect(throws: ParameterError.self) { try Request(nextDID: parameters("campaign_id=S")) }
  }

  @Test(arguments: [
    "", "caller_id=1&uniqueid=2", "status=ANSWER", "request=0", "request=x", "uniqueid=1&answered=-1",
    "uniqueid=1&cause=128", "uniqueid=1&foo=1",
  ])
  func aReleaseThatIsUnclearIsRefused(query: String) throws {
    #expect(throws: ParameterError.self) { try ReleaseParameters(parameters(query)) }
  }

  /// Dispositions of VICIdial's and results of other dialers are told in Asterisk's words.
  @Test(arguments: [
    ("B", "0", "BUSY"), ("ab", "0", "BUSY"), ("NA", "0", "NOANSWER"), ("no-answer", "", "NOANSWER"),
    ("ADC", "0", "CONGESTION"), ("cancelled", "0", "CANCEL"), ("AA", "9", "ANSWER"), ("SALE", "45", "ANSWER"),
    ("DROP", "0", "NOANSWER"), ("B", "45", "BUSY"),
  ])
  func aDispositionBecomesADialStatus(word: String, seconds: String, status: String) throws {
    for query in [
      "phoneNumber=2145551212&disposition=\(word)&duration=\(seconds)",
      "uniqueid=1&call_result=\(word)&call_duration=\(seconds)",
    ] {
      #expect(try ReleaseParameters(callResult: parameters(query)).outcome.dialStatus?.text == status)
    }
  }

  @Test(arguments: [("-13488165305315", 0), ("99999999999", Int(Int32.max)), ("12", 12)])
  func secondsStayInTheirBounds(text: String, seconds: Int) throws {
    let release = try ReleaseParameters(callResult: parameters("uniqueid=1&duration=\(text)"))
    #expect(release.outcome.answeredSeconds == seconds)
  }
}
