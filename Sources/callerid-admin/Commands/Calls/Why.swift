import ArgumentParser
import Output
import Rotation

struct Why: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show why a request got its number or none, and what became of the call.",
    discussion: """
      It tells what the request log keeps of one request: who called whom, which number it got and for which match, who \
      had the number before, and how the call ended. For a request that got none it also tells what the same request \
      would get now. The command requests lists the requests.
        callerid-admin why 1234
        callerid-admin why --uniqueid 1790000000.42

      The log does not keep which other numbers were awake at that time, nor which pool, carrier or area code the call \
      asked for.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The number of the request in the log, as the command requests shows it.") var request: Int?
  @Option(help: "The newest request of the call with this Asterisk uniqueid.") var uniqueid: String?
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if (request == nil) == (uniqueid == nil) {
      throw ValidationError("Give either the number of a request, such as 1234, or --uniqueid.")
    }
  }

  func run(on store: Store) throws {
    let report = try report(of: store)
    let calendar = store.settings.calendar
    if format.json { return Terminal.print(JSON(report, in: calendar)) }
    let logged = report.logged
    Terminal.print([
      ("Request", "\(logged.request), \(Time.local(logged.at, in: calendar))"),
      ("Destination", destination(report)),
      ("Campaign", logged.campaign ?? "none"),
      ("Agent", logged.agent ?? "none"),
      ("Status", logged.status),
    ])
    if logged.status == Status.ok.rawValue { printNumber(report, calendar) }
    for (index, sentence) in report.sentences(in: calendar).enumerated() {
      Terminal.print([(index == 0 ? "Why" : "", sentence)])
    }
    if logged.status == Status.ok.rawValue {
      if report.number != nil { Terminal.print([("That day", thatDay(report, calendar))]) }
      Terminal.print([
        ("Outcome", report.ending ?? "not reported"), ("Held", report.holding(in: calendar)),
      ])
    }
    if let now = report.now { Terminal.print([("Now", self.now(now))]) }
    if !report.earlierOfCall.isEmpty {
      Terminal.print([("Same call", "request " + report.earlierOfCall.map(String.init).joined(separator: ", "))])
    }
  }

  private func report(of store: Store) throws -> WhyReport {
    guard let uniqueid else { return try store.why(request: request ?? 0) }
    guard let call = try CallerText(uniqueID: uniqueid) else {
      throw StoreError(.refused, "a uniqueid is not empty", hint: "List the newest with: callerid-admin requests")
    }
    return try store.why(uniqueID: call)
  }

  private func destination(_ report: WhyReport) -> String {
    guard let destination = report.logged.destination else { return "none" }
    guard let areaCode = report.areaCode else { return "\(destination); its area code is not known" }
    return "\(destination); area code \(areaCode)" + (Region.of(areaCode: areaCode).map { ", \($0.name)" } ?? "")
  }

  private func printNumber(_ report: WhyReport, _ calendar: Rotation.Calendar) {
    var text = report.logged.callerID ?? "removed since"
    if let number = report.number {
      text += ", pool \(number.pool.name)" + (number.carrier.map { ", carrier \($0.name)" } ?? "")
    }
    Terminal.print([("Number", text), ("Match", report.logged.match ?? "not kept")])
  }

  private func thatDay(_ report: WhyReport, _ calendar: Rotation.Calendar) -> String {
    let calls = report.usedBeforeThatDay.counting("call") + " with this number before this one"
    return calls
      + (report.dayKnownSince.map { " since \(Time.local($0, in: calendar)), where the log begins" } ?? "")
  }

  private func now(_ explanation: Explanation) -> String {
    if let (status, reason) = explanation.refusal { return "it would be refused again: \(status.rawValue): \(reason)" }
    guard let choice = explanation.choices.first else { return "not known" }
    return "it would get \(choice.callerID): \(choice.match.reason(areaCode: choice.areaCode)), pool "
      + "\(choice.number.pool.name), if it asked for no pool, carrier or area code"
  }
}
