import ArgumentParser
import Output
import Rotation

struct Explain: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how the number for a call is chosen, step by step.",
    discussion: """
      It replays the choice without taking a number. It shows how the call is understood, which numbers are tried in \
      which order, how many numbers each rule keeps out of rotation, the number that is chosen, and the five that come \
      next.
        callerid-admin explain 12145551212 --campaign SALES --agent 1001
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var call: RequestOptions
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let explanation = try store.explain(call.request())
    try Terminal.noteDoubts(call.names, in: store)
    if format.json { return Terminal.print(JSON(explanation)) }
    Terminal.print([
      ("Destination", destination(explanation)), ("Campaign", campaign(explanation)), ("Agent", agent(explanation)),
    ])
    if !explanation.steps.isEmpty {
      Terminal.print("")
      printSteps(explanation.steps)
    }
    Terminal.print("")
    if let (status, reason) = explanation.refusal {
      Terminal.print([("Refused", "\(status.rawValue): \(reason)")])
    } else {
      printChoices(explanation, calendar: store.settings.calendar)
    }
  }

  // MARK: The caller

  private func destination(_ explanation: Explanation) -> String {
    guard let destination = explanation.destination else { return call.destination }
    guard let areaCode = explanation.areaCode else { return "\(destination.text); its area code is not known" }
    return "\(destination.text); area code \(areaCode)"
      + (Region.of(areaCode: areaCode).map { ", \($0.name)" } ?? "")
      + (areaCode == destination.areaCode ? "" : ", as given by --area")
  }

  private func campaign(_ explanation: Explanation) -> String {
    guard let campaign = explanation.campaign else { return "none" }
    let windows = explanation.moment.windows
    let terms = campaign.terms
    return campaign.name.text + (explanation.campaignIsDialled ? ", found by its dial prefix \(terms.dialPrefix)" : "")
      + "; calls this hour: \(calls(campaign.thisHour.calls(in: windows.hour), of: terms.hourlyLimit))"
      + ", today: \(calls(campaign.today.calls(in: windows.day), of: terms.dailyLimit))"
  }

  private func agent(_ explanation: Explanation) -> String {
    guard let agent = explanation.agent else { return "none" }
    let moment = explanation.moment
    let used = calls(agent.thisMinute.calls(in: moment.minute), of: agent.effectiveCallsPerMinute(moment))
    return "\(agent.name.text); calls this minute: \(used)"
  }

  private func calls(_ calls: Int, of limit: Int?) -> String {
    "\(calls)" + (limit.map { " of \($0)" } ?? "")
  }

  // MARK: The numbers

  /// The most area codes of a step that people are shown. Programs get all of them.
  private static let shown = 6

  private func printSteps(_ steps: [Explanation.Step]) {
    Terminal.print(
      Table(
        titles: ["TRIED", "AREA CODES", "POOL", "NUMBERS", "ELIGIBLE", "ASLEEP"],
        isNumber: [false, false, false, true, true, false],
        rows: steps.map { step in
          let codes = step.areaCodes.prefix(Self.shown).joined(separator: " ")
          let more = step.areaCodes.count - Self.shown
          return [
            step.match.rawValue, more > 0 ? "\(codes) and \(more) more" : codes, step.pool, "\(step.numbers)",
            "\(step.eligible)", step.asleep.map { "\($0.numbers) \($0.reason)" }.joined(separator: ", "),
          ]
        }
      ))
  }

  private func printChoices(_ explanation: Explanation, calendar: Rotation.Calendar) {
    guard let chosen = explanation.choices.first else { return }
    Terminal.print([
      (
        "Chosen",
        "\(chosen.callerID): \(chosen.match.reason(areaCode: chosen.areaCode))"
          + (chosen.number.carrier.map { ", carrier \($0.name)" } ?? "") + ", pool \(chosen.number.pool.name)"
      ),
      ("Last used", lastUse(of: chosen.number, calendar)),
    ])
    guard explanation.choices.count > 1 else { return }
    Terminal.print("")
    Terminal.print(
      Table(
        titles: ["THEN", "MATCH", "POOL", "LAST USED"], isNumber: [false, false, false, false],
        rows: explanation.choices.dropFirst().map {
          [$0.callerID, $0.match.rawValue, $0.number.pool.name, lastUse(of: $0.number, calendar)]
        }
      ))
  }

  private func lastUse(of number: Number, _ calendar: Rotation.Calendar) -> String {
    number.lastUsedAt == 0 ? "never" : Time.local(number.lastUsedAt, in: calendar)
  }
}
