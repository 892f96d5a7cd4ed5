import TestSupport
import Testing

/// Files of other programs, with their own columns.
@Suite(.timeLimit(.minutes(2)))
struct AdminImportFormatsTests {
  /// A file, what is said of it, and the numbers that it gives.
  struct Case: Sendable {
    let text: String
    let note: String
    let numbers: [String]
  }

  static let bulk = "VICIdial's bulk lines: area code, number, description, active"
  static let api = "VICIdial's API lines: campaign, area code, number, active, description, calls today"
  static let table = "VICIdial's caller-ID table; used: "
  static let ignored = "; ignored columns: campaign_id, call_count_today"

  static let cases = [
    // VICIdial's admin_bulk_tools.php: NPA,CID,DESCRIPTION,ACTIVE, and STATE in place of NPA.
    Case(
      text: "813,7272234567,Florida,Y\n", note: bulk, numbers: ["7272234567,,813,,,Florida,default,enabled"]),
    Case(
      text: "FL,7272234567,Florida,Y\r\nga,4042234567,,N\r\n", note: bulk,
      numbers: ["7272234567,,FL,,,Florida,default,enabled", "4042234567,,GA,,,,default,disabled"]),
    Case(text: "813,7272234567,Florida\n", note: bulk, numbers: ["7272234567,,813,,,Florida,default,enabled"]),
    Case(text: "none,17272234567,USA,Y\n", note: bulk, numbers: ["17272234567,,727,,,USA,default,enabled"]),
    Case(
      text: "813,7272234567,Florida,y\n813,7272234568,,n\n813,7272234569,,\n", note: bulk,
      numbers: [
        "7272234567,,813,,,Florida,default,enabled", "7272234568,,813,,,,default,disabled",
        "7272234569,,813,,,,default,disabled",
      ]),
    // Its non-agent API.
    Case(
      text: "1|727|7275551212|N|FL1 test|0\n1|813|8135551212|Y|FL2|4\n", note: api,
      numbers: ["7275551212,,727,,,FL1 test,default,disabled", "8135551212,,813,,,FL2,default,enabled"]),
    Case(
      text: "1|727|7275551212|y|FL1|0\n1|813|8135551212|n|FL2|4\n", note: api,
      numbers: ["7275551212,,727,,,FL1,default,enabled", "8135551212,,813,,,FL2,default,disabled"]),
    // Its table, as MySQL's clients write it.
    Case(
      text: "campaign_id,areacode,outbound_cid,active,cid_description,call_count_today\n"
        + "TEST,727,7275551212,Y,Tampa,12\nTEST,813,8135551212,,NULL,0\nTEST,305,3055551212,Y,NOROTATE,0\n"
        + "TEST,407,4075551212,Y,donotuse,0\n"
        + "TEST,321,3215551212,y,,0\n",
      note: table + "areacode as area_code, outbound_cid as caller_id, active as state, cid_description as name"
        + ignored,
      numbers: [
        "7275551212,,727,,,Tampa,default,enabled", "8135551212,,813,,,,default,disabled",
        "3055551212,,305,,,NOROTATE,default,disabled", "4075551212,,407,,,donotuse,default,disabled",
        "3215551212,,321,,,,default,enabled",
      ]),
    Case(
      text: "outbound_cid\tareacode\tcampaign_id\tactive\tcid_description\tcall_count_today\n"
        + "7275551212\tFL\tTEST\tY\t\\N\t12\n",
      note: table + "outbound_cid as caller_id, areacode as area_code, active as state, cid_description as name"
        + ignored,
      numbers: ["7275551212,,FL,,,,default,enabled"]),
    // Twilio's IncomingPhoneNumbers as CSV, in no fixed order; its status speaks of another thing.
    Case(
      text: "Sid,AccountSid,FriendlyName,PhoneNumber,VoiceUrl,Status\n"
        + "PN1,AC1,Tampa 1,+17275551212,https://example.com/,in-use\n",
      note:
        "Twilio's list; used: FriendlyName as name, PhoneNumber as caller_id, Status as state; ignored columns: Sid, AccountSid, VoiceUrl",
      numbers: ["17275551212,,727,,,Tampa 1,default,enabled"]),
    Case(
      text: "phone_number,friendly_name\n+17275551212,(727) 555-1212\n",
      note: "Twilio's list; used: phone_number as caller_id, friendly_name as name",
      numbers: ["17275551212,,727,,,(727) 555-1212,default,enabled"]),
    // Telnyx's, of both versions of its API.
    Case(
      text: "phone_number,status,connection_name,tags\n+17275551212,active,trunk,\"a,b\"\n"
        + "+18135551212,port_out_pending,trunk,\n+13055551212,,,\n",
      note: "Telnyx's list; used: phone_number as caller_id, status as state; ignored columns: connection_name, tags",
      numbers: [
        "17275551212,,727,,,,default,enabled", "18135551212,,813,,,,default,disabled",
        "13055551212,,305,,,,default,enabled",
      ]),
    Case(
      text: "id,number_val_e164,status\n1,+17275551212,active\n2,18135551212,deprovisioning\n",
      note: "Telnyx's list; used: number_val_e164 as caller_id, status as state; ignored columns: id",
      numbers: ["17275551212,,727,,,,default,enabled", "18135551212,,813,,,,default,disabled"]),
    Case(
      text: "Phone Number,Status,Location (City),Location (State),Area Code,Total Calls,Last Used,Last Campaign,"
        + "Reputation Score\n\"+17275551212\",\"active\",\"Tampa\",\"FL\",\"727\",5,\"\",\"\",90\n"
        + "\"8135551212\",\"inactive\",\"\",\"\",\"\",0,\"\",\"\",0\n",
      note:
        "a list of numbers; used: Phone Number as caller_id, Status as state, Area Code as area_code; ignored columns: "
        + "Location (City), Location (State), Total Calls, Last Used, Last Campaign, Reputation Score",
      numbers: ["17275551212,,727,,,,default,enabled", "8135551212,,813,,,,default,disabled"]),
  ]

  @Test(arguments: cases.indices)
  func aFileIsRecognised(index: Int) async throws {
    let file = Self.cases[index]
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(file.text)
    #expect(finished.lines.first == "\(file.numbers.count) added, 0 updated, 0 unchanged, 0 rejected")
    let disabled = file.numbers.count { $0.hasSuffix(",disabled") }
    #expect(
      finished.output.contains("\(disabled) disabled, as the file says: ") == (disabled > 0), "\(finished.output)")
    #expect(finished.errors == "callerid-admin: read as \(file.note)\n")
    #expect(try await callerID.exportedNumbers() == file.numbers)
    let again = try await callerID.importCSV(file.text)
    #expect(again.lines.first == "0 added, 0 updated, \(file.numbers.count) unchanged, 0 rejected")
  }

  @Test(arguments: ["did", "DID", "number", "tn", "TN", "telephone number", "Telephone_Number", "FullNumber"])
  func whatOthersCallTheNumberIsKnown(name: String) async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV("State,Carrier,\(name),daily_limit\nFL,Acme,727-555-1212,9\n")
    #expect(
      finished.errors.contains(
        "; used: Carrier as carrier, \(name) as caller_id, daily_limit as daily_limit; ignored columns: State\n"))
    #expect(try await callerID.exportedNumbers() == ["7275551212,Acme,727,9,,,default,enabled"])
  }

  @Test func aNumberServesTheAreaCodesOfAllItsLines() async throws {
    let callerID = try await Installation()
    let text = """
      813,7272234567,Tampa,Y
      727,17272234567,Clearwater,Y
      305,3052234567,Miami,N
      813,727-223-4567,again,Y
      941,7272234567,Sarasota,N
      786,3052234567,Miami Beach,Y
      none,4072234567,,Y
      FL,4072234567,,Y
      305,5612234567,DONOTUSE,Y
      561,5612234567,,Y
      """
    let finished = try await callerID.importCSV(text)
    #expect(
      finished.lines == [
        "4 added, 0 updated, 0 unchanged, 0 rejected", "1 disabled, as the file says: 1 by \"DONOTUSE\"",
        "6 rows joined to an earlier row of the same number",
      ])
    // A line that is not active serves nothing, unless none is; one not to be used keeps its number out.
    let expected = [
      "7272234567,,813 727,,,Tampa,default,enabled", "3052234567,,786,,,Miami Beach,default,enabled",
      "4072234567,,407 FL,,,,default,enabled", "5612234567,,305,,,DONOTUSE,default,disabled",
    ]
    #expect(try await callerID.exportedNumbers() == expected)
    #expect(try await callerID.importCSV(text).lines.first == "0 added, 0 updated, 4 unchanged, 0 rejected")
    #expect(try await callerID.object("next", "--to", "17272235555")["caller_id"] as? String == "7272234567")
    #expect(try await callerID.object("next", "--to", "18132235555")["caller_id"] as? String == "7272234567")
  }

  @Test func aNumberServesNoMoreAreaCodesThanItMay() async throws {
    let callerID = try await Installation()
    let text = (0..<40).map { "\(300 + $0),7272234567,Florida,Y" }.joined(separator: "\n")
    let finished = try await callerID.importCSV(text)
    #expect(finished.lines.first == "1 added, 0 updated, 0 unchanged, 8 rejected")
    #expect(finished.errors.contains("line 33: \"7272234567\": 32 area codes are the most for one number; a region"))
    #expect(try callerID.sql("SELECT count(*) FROM lane") == 33)
  }

  @Test func aFileOfVICIdialHasItsBadLinesToo() async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(
      "813,7.27223E+09,Florida,Y\n813,7271234567,Florida,Y\n8133,1,x,Y\n813,7272234567,Florida\natlantis,7272234567,x,Y\n"
        + "813,7272234568,ok,Y\n")
    let reasons = finished.errors.split(separator: "\n").map(String.init)
    #expect(reasons.count == 6)
    #expect(reasons[1].contains("line 1: \"7.27223E+09\": looks like a spreadsheet's rounded number"))
    #expect(reasons[1].contains("format the column as text and export it again"))
    #expect(reasons[2].contains("line 2: \"7271234567\": not a North American number"))
    #expect(reasons[4].contains("line 5: \"7272234567\": area_code is 1 to 6 digits or a region such as FL"))
    // VICIdial's own default for a line without its last cell is not active, too.
    #expect(
      try await callerID.exportedNumbers() == [
        "7272234567,,813,,,Florida,default,disabled", "7272234568,,813,,,ok,default,enabled",
      ])
  }

  @Test func statesComeAndGoWithTheFile() async throws {
    let callerID = try await Installation()
    let words = [
      "enabled", "disabled", "retired", "Y", "N", "yes", "no", "1", "0", "TRUE", "False", "active", "Inactive", "",
    ]
    let rows = words.enumerated().map { "21455501\($0 + 10),\($1)" }.joined(separator: "\n")
    #expect(try await callerID.importCSV("caller_id,state\n\(rows)\n").errors.isEmpty)
    let states = try await callerID.exportedNumbers().map { String($0.split(separator: ",").last ?? "") }
    let (yes, no) = ("enabled", "disabled")
    #expect(states == [yes, no, "retired", yes, no, yes, no, yes, no, yes, no, yes, no, yes])

    // Without the column, or with an empty cell, the state stays; otherwise a call gets or loses the number at once.
    _ = try await callerID.importCSV("caller_id,name,state\n2145550112,x,\n2145550110,x,retired\n2145550111,,Y\n")
    _ = try await callerID.importCSV("caller_id,name\n2145550110,y\n")
    #expect(
      try await callerID.exportedNumbers().prefix(3) == [
        "2145550110,,214,,,y,default,retired", "2145550111,,214,,,,default,enabled",
        "2145550112,,214,,,x,default,retired",
      ])
    #expect(try callerID.sql("SELECT count(*) FROM lane WHERE name LIKE '%::%' AND asleep_until = 0") == 7)
    #expect(try callerID.sql("SELECT count(*) FROM lane WHERE asleep_until > 0") == 14)
    let bad = try await callerID.admin("import", "-", input: "caller_id,state\n2145550199,sleeping\n")
    #expect(bad.errors.contains("state is enabled, disabled or retired; not \"sleeping\""))
  }
}
