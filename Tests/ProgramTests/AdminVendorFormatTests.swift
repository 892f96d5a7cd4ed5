import Foundation
import TestSupport
import Testing

/// The files of Tests/Fixtures/formats, as docs/formats.md has their columns and sources.
@Suite(.timeLimit(.minutes(2)))
struct AdminVendorFormatTests {
  static let folder = FileManager.default.currentDirectoryPath + "/Tests/Fixtures/formats/"

  /// A file, what it is read as, and its numbers: number, carrier, area codes, name, state.
  static let files: [(file: String, name: String, numbers: [String])] = [
    (
      "vicidial-bulk.csv", "VICIdial's bulk lines",
      [
        "2145550101,,214 972,,,Dallas,default,enabled", "3125550102,,31255,,,Chicago Loop,default,enabled",
        "3055550103,,FL,,,Florida,default,disabled",
      ]
    ),
    (
      "vicidial-api.txt", "VICIdial's API lines",
      ["2145550101,,214,,,Dallas,default,enabled", "3125550102,,312,,,Chicago,default,disabled"]
    ),
    (
      "vicidial-table.tsv", "VICIdial's caller-ID table",
      ["2145550101,,214,,,Dallas,default,enabled", "3125550102,,31,,,,default,disabled"]
    ),
    (
      "twilio.csv", "Twilio's list",
      ["12145550101,,214,,,Dallas desk,default,enabled", "13125550102,,312,,,(312) 555-0102,default,enabled"]
    ),
    (
      "twilio.json", "Twilio's list",
      ["12145550101,,214,,,Dallas desk,default,enabled", "13125550102,,312,,,(312) 555-0102,default,enabled"]
    ),
    (
      "telnyx.csv", "Telnyx's list",
      [
        "12145550101,,214,,,,default,enabled", "13125550102,,312,,,,default,disabled",
        "13055550103,,305,,,,default,disabled",
      ]
    ),
    (
      "telnyx.json", "Telnyx's list", ["12145550101,,214,,,,default,enabled", "13125550102,,312,,,,default,disabled"]
    ),
    (
      "bandwidth.csv", "Bandwidth's list",
      [
        "2145550101,,214,,,,default,enabled", "3125550102,,312,,,,default,disabled",
        "3055550103,,305,,,,default,disabled",
      ]
    ),
    (
      "signalwire.json", "Twilio's list",
      ["12145550101,,214,,,214-555-0101,default,enabled", "13125550102,,312,,,312-555-0102,default,enabled"]
    ),
    (
      "flowroute.json", "Flowroute's list",
      ["12145550101,,214,,,Dallas,default,enabled", "13125550102,,312,,,,default,enabled"]
    ),
    (
      "voipms.json", "VoIP.ms's list",
      ["2145550101,,214,,,Dallas,default,enabled", "3125550102,,312,,,,default,enabled"]
    ),
    (
      "commio.csv", "a list of numbers without column names",
      [
        "12145550101,,214,,,,default,enabled", "13125550102,,312,,,,default,enabled",
        "13055550103,,305,,,,default,enabled",
      ]
    ),
    ("vonage.json", "Vonage's list", ["12145550101,,214,,,,default,enabled", "13125550102,,312,,,,default,enabled"]),
    (
      "plivo.json", "Plivo's list",
      ["12145550101,Plivo,214,,,Dallas,default,enabled", "13125550102,Plivo,312,,,,default,enabled"]
    ),
    (
      "didww.json", "DIDWW's list",
      ["12145550101,,214,,,Dallas,default,enabled", "13125550102,,312,,,,default,disabled"]
    ),
    (
      "skyetel.json", "a list of numbers",
      ["12145550101,,214,,,Dallas,default,enabled", "13125550102,,312,,,,default,enabled"]
    ),
    (
      "freepbx-routes.csv", "FreePBX's inbound routes",
      ["2145550101,,214,,,Dallas,default,enabled", "3125550102,,312,,,Chicago,default,enabled"]
    ),
    (
      "freepbx-dids.csv", "FreePBX's inbound routes",
      ["2145550101,,214,,,Dallas,default,enabled", "3125550102,,312,,,Chicago,default,enabled"]
    ),
    (
      "freepbx-extensions.csv", "FreePBX's extensions",
      ["2145550101,,214,,,,default,enabled", "3125550102,,312,,,,default,enabled"]
    ),
  ]

  @Test(arguments: files.indices) func aVendorsFileIsReadAsItIs(index: Int) async throws {
    let (file, name, numbers) = Self.files[index]
    let callerID = try await Installation()
    let finished = try await callerID.admin("import", Self.folder + file)
    #expect(finished.status == 0)
    #expect(finished.lines.first == "\(numbers.count) added, 0 updated, 0 unchanged, 0 rejected", "\(finished.errors)")
    #expect(finished.errors.hasPrefix("callerid-admin: read as \(name)"))
    #expect(try await callerID.exportedNumbers() == numbers)
    let disabled = numbers.count { $0.hasSuffix(",disabled") }
    #expect(finished.output.contains("\(disabled) disabled, as the file says: ") == (disabled > 0))
    #expect(finished.output.split(separator: "\n").count + finished.errors.split(separator: "\n").count < 10)
  }

  /// A report, the option that tells which rows count, and the numbers that rest of 2145550101, 3125550102 and
  /// 3055550103.
  static let reports: [(file: String, options: [String], suggestion: String, resting: [Bool])] = [
    (
      "telnyx-reputation.json", ["--where", "spam_risk=HIGH"], "--where reputation_data.spam_risk=high",
      [true, false, false]
    ),
    (
      "hiya.csv", ["--where", "Spam Label Status=labeled spam,Moderate risk"],
      "--where 'Spam Label Status=Labeled spam'", [true, false, true]
    ),
    (
      "youmail.ndjson", ["--where", "level=2", "--where", "recordFound=true"], "--where spamRisk.level=2",
      [true, false, false]
    ),
    ("nomorobo.csv", ["--where", "score=1"], "--where score=1", [true, false, false]),
    ("ftc.csv", ["--at-least", "2"], "--at-least 3", [true, false, false]),
    ("ftc.csv", ["--at-least", "1"], "--at-least 3", [true, true, false]),
    (
      "ftc.csv", ["--where", "Recorded_Message_Or_Robocall=y", "--at-least", "1"], "--at-least 3", [true, true, false]
    ),
  ]

  @Test(arguments: reports.indices) func aReportRestsTheFlaggedNumbersAlone(index: Int) async throws {
    let (file, options, suggestion, resting) = Self.reports[index]
    let callerID = try await Installation(numbers: ["2145550101", "3125550102", "3055550103"])
    let command = ["rest", "--from", Self.folder + file, "--for", "7d"]
    // Without the option nothing is guessed, and the refusal has the command that would do.
    let before = try callerID.dump()
    let asked = try await callerID.admin(command)
    #expect(asked.status == 1)
    #expect(asked.errors.contains(" --for 7d \(suggestion)\n"), "\(asked.errors)")
    #expect(try callerID.dump() == before)
    let finished = try await callerID.admin(command + options)
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(try await callerID.rows("list").map { !($0["resting_until"] is NSNull) } == resting)
  }
}
