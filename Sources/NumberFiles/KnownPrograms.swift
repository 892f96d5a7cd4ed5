import Rotation

/// The files of other programs that are known by the names of their columns; docs/formats.md has the sources.
struct KnownProgram {
  /// What messages call its file.
  let name: String
  /// The column of the numbers.
  let number: String
  /// At least one of each list is there too.
  var with: [[String]] = []
  /// None of these is there.
  var without: [String] = []
  /// Columns that would mean something elsewhere, and mean something else here.
  var ignoring: Set<String> = []

  /// The most certain first. Names are as `NumberFileFormat.normalized` has them.
  static let all = [
    KnownProgram(
      name: "FreePBX's extensions", number: "outboundcid", with: [["extension"]], without: ["areacode"],
      // The name and the state of the extension, not of the number.
      ignoring: ["name", "description", "active", "status"]),
    KnownProgram(name: "VICIdial's caller-ID table", number: "outboundcid"),
    KnownProgram(name: "FreePBX's inbound routes", number: "extension", with: [["cidnum"], ["destination"]]),
    KnownProgram(name: "FreePBX's inbound routes", number: "did", with: [["cidnum"], ["destination"]]),
    KnownProgram(name: "Telnyx's list", number: "numbervale164"),
    KnownProgram(
      name: "Twilio's list", number: "phonenumber", with: [["sid", "accountsid", "friendlyname"]],
      // What the number may do, not whether it is in use.
      ignoring: ["emergencystatus"]),
    KnownProgram(
      name: "Telnyx's list", number: "phonenumber", with: [["status"]], without: ["locationcity"]),
    KnownProgram(name: "Bandwidth's list", number: "fullnumber"),
    KnownProgram(name: "Vonage's list", number: "msisdn", with: [["features", "country", "voicecallbacktype"]]),
    KnownProgram(
      name: "Plivo's list", number: "number", with: [["monthlyrentalrate", "voicerate"], ["numbertype", "region"]]),
    KnownProgram(name: "DIDWW's list", number: "number", with: [["awaitingregistration", "capacitylimit"]]),
    KnownProgram(name: "VoIP.ms's list", number: "did", with: [["routing"], ["pop", "billingtype", "dialtime"]]),
    KnownProgram(
      name: "Flowroute's list", number: "value", with: [["numbertype"], ["ratecenter", "cnamlookupsenabled"]]),
    KnownProgram(
      name: "SignalWire's list", number: "number", with: [["callhandler", "capabilities", "callrequesturl"]]),
  ]

  /// The program whose file has these columns.
  static func of(_ names: [String]) -> KnownProgram? {
    all.first { program in
      names.contains(program.number) && program.with.allSatisfy { $0.contains(where: names.contains) }
        && !program.without.contains(where: names.contains)
    }
  }

  /// What programs call the column of the numbers, the most certain name first.
  static let numberNames = [
    "outboundcid", "numbervale164", "phonenumber", "telephonenumber", "fullnumber", "did", "didnumber", "tn", "msisdn",
    "number", "phone", "e164",
  ]

  /// What they call the other columns. `state` is not among them: there it means Florida, not enabled.
  static let otherNames: [(NumberFileFormat.Meaning, [String])] = [
    (.field(.carrier), ["carrier"]), (.field(.areaCode), ["areacode", "npa"]),
    (.field(.dailyLimit), ["dailylimit"]), (.field(.hourlyLimit), ["hourlylimit"]),
    (.field(.name), ["ciddescription", "description", "friendlyname", "alias", "label", "name", "note"]),
    (.field(.pool), ["pool"]),
    (.country, ["country", "countryisoalpha2", "isocountry", "countryshortname"]),
    (.standing, ["active", "status", "numberstatus", "inservice"]),
  ]

  /// Columns whose yes means that the number is not in use.
  static let bars: Set = [
    "blocked", "terminated", "pendingremoval", "awaitingregistration", "suspended", "deactivated",
  ]
}
