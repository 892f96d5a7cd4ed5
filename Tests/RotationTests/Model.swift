/// What DESIGN.md says, and the issue on the operator's rules, in its plainest form: arrays, and every number looked at
/// for every pick. Nothing of the store is used here; hours, days and regions are worked out by other means than its.
struct Model {
  /// A number.
  struct Line {
    /// Grows in the order of import.
    let id: Int
    let digits: String
    let addedAt: Int
    var pool = "default"
    var carrier = ""
    var serves: [String]
    var state = "enabled"
    /// Of the outer optionals nil means the setting's, of the inner ones no limit.
    var dailyLimit: Int??
    var hourlyLimit: Int??
    var maxConcurrent: Int?
    var attestation = "none"
    var isAuthorized = false
    var isVerified = false
    var isAnswered = false
    var calls: [Call] = []
    /// 0: never used.
    var lastUse = 0
    var reservations: [(grant: Int, until: Int)] = []
    var restingUntil = 0
    /// Since it was put to rest last.
    var outcomes: [Outcome] = []
  }

  struct Call {
    /// Nil once a reset has cleared it.
    var hour: Int?
    var day: Int?
    /// The campaign whose limits for each number it counts against.
    var campaign: String?
  }

  struct Outcome {
    var isAnswered: Bool
    var isShort: Bool
  }

  struct Campaign {
    var pools = ["default"]
    var carrier: String?
    var numberHourlyLimit: Int?
    var numberDailyLimit: Int?
    var hourlyLimit: Int?
    var dailyLimit: Int?
    var ttl: Int?
    var match: String?
    var sticky = "off"
    var stickyFor = 86_400
    var whenExhausted = "keep"
    var respectsExisting = false
    var callerID: String?
    var dialPrefix = ""

    var limitsNumbers: Bool { numberHourlyLimit != nil || numberDailyLimit != nil }
  }

  struct Agent {
    var callsPerMinute: Int??
    var minute = 0
    var calls = 0
  }

  /// A number given to a call, until the call is released.
  struct Grant {
    let call: String
    let line: Int
    var isOpen = true
    /// Whether it is known how the call ended.
    var isReported = false
  }

  var now: Int
  let calendar: ModelCalendar
  var settings = Settings()
  var pools: Set<String> = ["default"]
  var lines: [Line] = []
  var campaigns: [String: Campaign] = [:]
  var callsOfCampaigns: [String: [Call]] = [:]
  var agents: [String: Agent] = [:]
  var grants: [Grant] = []
  var stuck: [String: (line: Int, until: Int)] = [:]

  init(now: Int, calendar: ModelCalendar) {
    self.now = now
    self.calendar = calendar
  }
}

/// The area codes that the tests dial, as the numbering plan has them: those of one line overlay one area.
enum ModelRegions {
  static let areas: [(region: String, codes: [String])] = [
    ("TX", ["214", "972", "469", "945"]), ("TX", ["817", "682"]), ("TX", ["915"]),
    ("FL", ["813", "656"]), ("FL", ["727"]),
    ("NY", ["212", "917", "646", "332"]), ("NY", ["718", "917", "347", "929", "465"]),
    ("NS", ["902", "782"]), ("PE", ["902", "782"]),
  ]

  static func regions(of code: String) -> Set<String> {
    Set(areas.filter { $0.codes.contains(code) }.map(\.region))
  }

  static func overlay(_ one: String, _ other: String) -> Bool {
    one != other && areas.contains { $0.codes.contains(one) && $0.codes.contains(other) }
  }
}
