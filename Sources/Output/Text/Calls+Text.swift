package import Rotation

extension Match {
  /// Why a number was chosen for a call.
  ///
  /// - Parameter areaCode: the area code that the number was chosen for.
  package func reason(areaCode: String?) -> String {
    switch self {
    case .area: "serves area code \(areaCode ?? "")"
    case .region: "serves another area code of the destination's state or province"
    case .country: "is of the destination's country"
    case .any: "no number nearer to the destination was free"
    case .sticky: "it was shown before"
    case .exhausted: "none was free: the least used of those that calls hold"
    }
  }
}

extension LoggedRequest {
  /// What became of the call, such as `ANSWER 35 s` or `BUSY`; empty where nobody reported it.
  package var outcome: String {
    guard let dialStatus else { return "" }
    guard dialStatus == "ANSWER", let answeredSeconds else { return dialStatus }
    return "\(dialStatus) \(answeredSeconds) s"
  }
}
