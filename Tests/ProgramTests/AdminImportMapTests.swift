import TestSupport
import Testing

/// `import --map`: files that are not recognised.
@Suite(.timeLimit(.minutes(2)))
struct AdminImportMapTests {
  /// Arguments, a file, and the number that it gives.
  static let files: [(maps: [String], text: String, number: String)] = [
    (["MSISDN=caller_id"], "msisdn,carrier\n7275551212,Acme\n", "7275551212,Acme,727,,,,default,enabled"),
    (
      ["Line-No.=caller id", "Trunk = carrier", "Site=name", "Stand=state"],
      "line no,trunk,site,other,stand\n7275551212,Acme,Tampa,x,retired\n", ""
    ),
    (
      ["Line-No.=caller id", "Trunk=carrier", "Site=name", "Stand=state"],
      "line no,trunk,site,other,stand\n7275551212,Acme,Tampa,x,retired\n",
      "7275551212,Acme,727,,,Tampa,default,retired"
    ),
    (["2=caller_id", "1=pool", "3=ignore"], "sales;7275551212;x\n", "7275551212,,727,,,,sales,enabled"),
    (["1=caller_id"], "7275551212\n", "7275551212,,727,,,,default,enabled"),
    (["1=caller_id", "2=name"], "line,site\n7275551212,Tampa\n", "7275551212,,727,,,Tampa,default,enabled"),
    // What is recognised stays, but for what is mapped.
    (
      ["campaign_id=pool", "cid_description="],
      "campaign_id,areacode,outbound_cid,active,cid_description,call_count_today\nTEST,813,7275551212,Y,Tampa,12\n",
      "7275551212,,813,,,,TEST,enabled"
    ),
    (["1=pool"], "TEST|813|7275551212|Y|Tampa|12\n", "7275551212,,813,,,Tampa,TEST,enabled"),
    (["3=carrier"], "813,7275551212,Acme,Y\n", "7275551212,Acme,813,,,,default,enabled"),
    (["colour=ignore"], "caller_id,colour\n7275551212,red\n", "7275551212,,727,,,,default,enabled"),
    (["a=b=name"], "did,a=b\n7275551212,Tampa\n", "7275551212,,727,,,Tampa,default,enabled"),
    (["did=name", "other=caller_id"], "did,other\nTampa,7275551212\n", "7275551212,,727,,,Tampa,default,enabled"),
  ]

  @Test(arguments: files.indices)
  func columnsHoldWhatTheOperatorSays(index: Int) async throws {
    let (maps, text, number) = Self.files[index]
    let callerID = try await Installation()
    let finished = try await callerID.admin(["import", "-"] + maps.flatMap { ["--map", $0] }, input: text)
    if number.isEmpty {
      // A field with a space around it is a field all the same, and so is a column.
      #expect(finished.status == 0)
    } else {
      #expect(finished.lines.first == "1 added, 0 updated, 0 unchanged, 0 rejected", "\(finished.errors)")
      #expect(try await callerID.exportedNumbers() == [number])
    }
  }

  @Test(arguments: [
    (["nosuch=name"], "there is no column \"nosuch\". The columns are did, carrier"),
    (["3=name"], "there is no column \"3\". The columns are did, carrier"),
    (["0=name"], "there is no column \"0\""), (["-1=name"], "there is no column \"-1\""),
    (
      ["did=name"],
      "Give the column of the numbers that name, or say which column it is: --map COLUMN=caller_id. The columns are did"
    ),
    (["did=name", "carrier=name"], "there is no column caller_id"),
    (["did=carrier_id"], "column=caller_id"), (["did"], "column=caller_id"), (["=name"], "column=caller_id"),
  ])
  func aMapThatFitsNothingIsRefused(maps: [String], reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let arguments = ["import", "-"] + maps.map { "--map=\($0)" }
    let finished = try await callerID.admin(arguments, input: "did,carrier\n7275551212,Acme\n")
    #expect(finished.status == (reason.hasPrefix("column=") ? 64 : 1))
    #expect(finished.output.isEmpty)
    #expect(finished.errors.contains(reason), "\(finished.errors)")
    #expect(try callerID.dump() == before)
  }

  @Test func twoColumnsCannotHoldTheSame() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    for (map, text) in [
      (["--map", "a=name", "--map", "b=name"], "did,a,b\n7275551212,x,y\n"),
      (["--map", "1=caller_id", "--map", "2=caller_id"], "7275551212,7275551213\n"),
    ] {
      try await callerID.expectRefusal(of: ["import", "-"] + map, input: text, saying: "two columns contain")
    }
    // Nothing tells that a first row is not one of names.
    try await callerID.expectRefusal(
      of: ["import", "-"], input: "7275551212,x\n",
      saying: "Begin the file with a line such as caller_id,carrier, or say what the columns contain: --map 1=caller_id"
    )
    try await callerID.expectRefusal(
      of: ["import", "-"], input: "subscriber,site\n7275551212,x\n", saying: "The columns are subscriber, site. Nothing"
    )
  }
}
