import Rotation

/// A campaign of the floor: whom it calls, and how its calls end.
struct FloorCampaign {
  let index: Int
  let name: String
  /// The part of all calls that it makes.
  let share: Double
  /// Where it calls, and how often beside the others.
  let areas: [Area]
  var isForeign = false
  /// The part of its calls that are answered, on the average of the day.
  let answerRate: Double
  /// How long the usual call lasts.
  let talkSeconds: Double
  /// Whether agents dial by hand; otherwise the dialer calls, and gives them only who answers.
  let isManual: Bool
  /// The agents who dial by hand.
  var team: [String] = []
  /// How many people are on its list.
  let leads: Int
  var settings: [(CampaignSetting, String)] = []
  /// The caller-ID that the dialer gives its calls.
  var callerID: String?
  /// What is dialled before the number.
  var prefix = ""

  let areaWeights: Weights

  init(
    index: Int, name: String, share: Double, areas: [Area], answerRate: Double, talkSeconds: Double, isManual: Bool,
    leads: Int
  ) {
    self.index = index
    self.name = name
    self.share = share
    self.areas = areas
    self.answerRate = answerRate
    self.talkSeconds = talkSeconds
    self.isManual = isManual
    self.leads = leads
    areaWeights = Weights(areas.map(\.weight))
  }
}
