package import Rotation

extension CampaignSetting {
  /// What the setting does, in one sentence or two with its unit and its bounds.
  package var help: String {
    switch self {
    case .pools: "The pools that the campaign draws numbers from, with commas between them, the preferred pool first."
    case .carrier: "The campaign uses only numbers of this carrier. Empty: of any carrier."
    case .numberDailyLimit:
      "The most calls in a day that the campaign makes with one number, from 1 to 1000000, or none for no limit. Other "
        + "campaigns may still use the number."
    case .numberHourlyLimit:
      "The most calls in an hour that the campaign makes with one number, from 1 to 1000000, or none for no limit. "
        + "Other campaigns may still use the number."
    case .dailyLimit: "The most calls of the campaign in a day, from 0 to 1000000, or none for no limit."
    case .hourlyLimit: "The most calls of the campaign in an hour, from 0 to 1000000, or none for no limit."
    case .reservationTTL:
      "How many seconds a number stays reserved for a call that does not release it, from 0 to 86400. Empty: the "
        + "setting reservation_ttl."
    case .match: "How well a number must match the destination: area, region or any. Empty: the setting match."
    case .sticky:
      "Who gets the same number again while it is eligible. destination: the called number. agent: the agent. off: "
        + "nobody."
    case .stickyFor:
      "For how many seconds after a call the same number is given again, from 1 to 31536000. It applies with sticky."
    case .whenExhausted:
      "What a call gets when no number is eligible. keep: it keeps the caller-ID that the dialer gave it. least-used: "
        + "the least used of the numbers that are only held by other calls."
    case .respectExisting:
      "yes: a call keeps its caller-ID if that is one of your numbers already, or is not the campaign's caller_id. no: "
        + "it always gets a number."
    case .callerID:
      "The caller-ID that the dialer gives to the campaign's calls, for respect_existing. Empty: not known."
    case .dialPrefix:
      "The digits before a destination that identify the campaign where the dialplan does not name it, such as 91, 6 "
        + "digits at most. Empty: none."
    }
  }
}
