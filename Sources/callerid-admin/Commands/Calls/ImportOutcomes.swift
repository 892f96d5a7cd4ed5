import ArgumentParser
import NumberFiles
import Output
import Rotation

struct ImportOutcomes: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-outcomes",
    abstract: "Add to the request log why calls of the past ended.",
    discussion: """
      The file is VICIdial's table vicidial_dial_log, with the columns sip_hangup_cause and sip_hangup_reason. Its calls \
      are found by caller_code, or else by uniqueid. What was reported when a call was released stays. Calls that the \
      network blocked because of their caller-ID are then counted by stats --by. The page Statistics of the documentation \
      says how to get the file.
        callerid-admin import-outcomes dial_log.tsv
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let causes = try CauseFile(reading: file)
    let report = try store.add(causes.causes) { Terminal.progress("reading the request log: \($0) %") }
    Terminal.endProgress()
    if format.json {
      Terminal.print(JSON(report, of: causes))
    } else {
      let calls = report.added + report.known
      Terminal.print(
        "\(causes.rows.counting("row")) with a cause, of which the request log has \(calls.counting("call")): "
          + "\(report.added) added, \(report.blocked) of them blocked by the network; \(report.known) known before")
      if causes.rowsWithout > 0 { Terminal.print("\(causes.rowsWithout.counting("row")) without a cause passed over") }
    }
  }
}
