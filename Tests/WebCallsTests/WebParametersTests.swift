import Testing
import WebCalls

/// Names and values, as clients write them.
struct WebParametersTests {
  private func pairs(_ parameters: WebParameters) -> [String] { parameters.all.map { "\($0.name)=\($0.value)" } }

  @Test(arguments: [
    ("a=1&b=2", ["a=1", "b=2"]),
    ("a", ["a="]),
    ("a=&&b==", ["a=", "b=="]),
    // A plus stands for a space, but phone numbers begin with one.
    ("to=+12145551212&name=A+B", ["to=+12145551212", "name=A B"]),
    ("to=%2B1214&name=A%20B%2b", ["to=+1214", "name=A B+"]),
    // What is no escape is taken as it stands.
    ("a=%&b=%4&c=%zz&d=100%25", ["a=%", "b=%4", "c=%zz", "d=100%"]),
    ("n%61me=J%C3%B6rg", ["name=Jörg"]),
    ("a=%ff", ["a=\u{FFFD}"]),
  ])
  func aQueryIsRead(query: String, expected: [String]) throws {
    #expect(try pairs(WebParameters(query: query)) == expected)
  }

  @Test(arguments: [
    (#"{"a":"x","b":5,"c":true,"d":null,"e":1.5}"#, ["a=x", "b=5", "c=true", "d=", "e=1.5"]),
    (#"{"area_code":["214",469]}"#, ["area_code=214 469"]),
    (#"{"meta":{"pool":"tx","name":"D"}}"#, ["meta.pool=tx", "meta.name=D"]),
    (#" {"a":"\u00e9\n"} "#, ["a=é\n"]),
  ])
  func aBodyIsRead(json: String, expected: [String]) throws {
    #expect(try pairs(WebParameters(json: Array(json.utf8))) == expected)
  }

  @Test(arguments: [
    ("[]", "not one object"), (#""a""#, "not one object"), ("", "not one object"),
    (#"{"a":1}{"b":2}"#, "not one object"),
    (#"{"a":"#, "not JSON"), (#"{"a":[1]}"#, "a is a list"), (#"{"a":{"b":1}}"#, "a is an object"),
    (#"{"meta":{"a":{}}}"#, "meta.a is an object"), (#"{"area_code":[[1]]}"#, "area_code is a list of something else"),
    (#"{"a":1,"a":2}"#, "a is given twice"),
  ])
  func aBodyThatIsWrongIsSaid(json: String, detail: String) {
    let error = #expect(throws: ParameterError.self) { try WebParameters(json: Array(json.utf8)) }
    #expect(error?.kind == .unprocessable)
    #expect(error?.detail.contains(detail) == true, "\(String(describing: error))")
  }

  @Test func thereAreBounds() throws {
    func query(_ count: Int) -> String { (0..<count).map { "a\($0)=1" }.joined(separator: "&") }
    #expect(try WebParameters(query: query(64)).all.count == 64)
    #expect(throws: ParameterError.self) { try WebParameters(query: query(65)) }
    #expect(throws: ParameterError.self) { try WebParameters(query: "a=1&%61=2") }
  }

  @Test func anEmptyValueCountsAsNotGiven() throws {
    let parameters = try WebParameters(query: "ttl=&agent=7")
    #expect(parameters["ttl"] == nil)
    #expect(parameters.has("ttl"))
    #expect(try parameters.integer("ttl", in: 0...9) == nil)
    #expect(throws: ParameterError.self) { try parameters.integer("agent", in: 0...6) }
    #expect(parameters.first(of: "ttl", "agent") == "7")
  }
}
