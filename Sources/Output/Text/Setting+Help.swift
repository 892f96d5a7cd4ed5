package import Rotation

extension Setting {
  /// What the setting does, in one sentence or two with its unit and its bounds.
  package var help: String {
    switch self {
    case .defaultDailyLimit:
      "The most calls in a day for a number that has no daily limit of its own, from 0 to 1000000, or none for no "
        + "limit."
    case .defaultHourlyLimit:
      "The most calls in an hour for a number that has no hourly limit of its own, from 0 to 1000000, or none for no "
        + "limit."
    case .reservationTTL:
      "How many seconds a number stays reserved for a call that does not release it, from 0 to 86400. With 0, no "
        + "number is reserved."
    case .agentCallsPerMinute:
      "The most calls in a minute for an agent that has no limit of its own, from 0 to 1000000, or none for no limit."
    case .match:
      "How well a number must match the destination. area: it must serve the destination's area code. region: next "
        + "come numbers of the same state or province. country: then others of the destination's country. any: then any "
        + "other number."
    case .present:
      "How a number is shown to the called party. imported: as it was imported. national: without the country code. "
        + "e164: with the country code. plus: with + and the country code."
    case .setName:
      "What CALLERID(name) is set to. auto or number: the number. name: the number's own name, or the number where it "
        + "has none. keep: it is left as it was. The name of a VICIdial call is never changed."
    case .setPresentation:
      "Whether a call that withholds its number shows the one it gets. allow: CALLERID(pres) is set to allowed. keep: it "
        + "is left as it was."
    case .stripPrefix: "The digits that the dialplan puts before every destination, 6 at most, or empty for none."
    case .countryCode: "The country code of numbers that are written without one, 1 to 3 digits."
    case .internationalPrefix:
      "The digits that are dialled before a country code, 6 at most, or empty for those of the country's numbering plan."
    case .timeZone:
      "The time zone in which hours and days are counted, such as America/Chicago, or empty for the machine's own."
    case .dayStartsAt: "The time at which a day begins, from 00:00 to 23:59."
    case .busyTimeout: "How many milliseconds a call waits for a locked store before it is refused, from 1 to 10000."
    case .retentionDays: "How many days requests are kept in the request log, from 1 to 3650."
    case .maxConcurrent:
      "How many calls may use a number at the same time, from 0 to 100. With 0, any number of calls may, and none "
        + "reserves it."
    case .warmUpDays:
      "Over how many days a new number's daily limit grows to its full value, from 0 to 365. With 0, it has its full "
        + "limit at once."
    case .warmUpStart:
      "The daily limit of a new number on its first day, from 1 to 1000000. It applies with warm_up_days."
    case .requireAttestation:
      "The lowest attestation with which a number is used. A: only A. B: A or B. C: A, B or C. none: any number."
    case .requireAuthorization: "yes: only numbers that have authorized_by are used. no: all are."
    case .requireVerification: "yes: only numbers that have verified_at are used. no: all are."
    case .requireCallback: "yes: only numbers that have callback are used. no: all are."
    case .restBelowAnswerRate:
      "A number rests when it is answered less often than this percentage of its calls, from 1 to 99, or none to turn "
        + "the rule off."
    case .restAboveShortShare:
      "A number rests when more than this percentage of its answered calls are short, from 1 to 99, or none to turn "
        + "the rule off."
    case .restShortSeconds: "An answered call is short when it lasts less than this many seconds, from 1 to 3600."
    case .restAfterCalls: "How many calls a number must have carried before a rule can make it rest, from 1 to 100000."
    case .restAfterBlocks:
      "A number rests when the network has blocked this many of its calls since its last rest, from 1 to 1000000, or none "
        + "to turn this off."
    case .restDays: "How many days a number rests when a rule makes it rest, from 1 to 365."
    case .restPoolShare:
      "The largest share of a pool's numbers, in percent, that may rest at the same time, from 1 to 100. A rule makes "
        + "no further number rest beyond it."
    }
  }
}
