/// A number of the floor, in the words of a file of numbers.
struct FloorNumber {
  let written: String
  let pool: String
  /// The area code that it is of.
  let area: String
  var carrier = ""
  var serves = ""
  var state = "enabled"
  var dailyLimit = ""
  var hourlyLimit = ""
  var name = ""
  var attestation = ""
  var authorizedBy = ""
  /// Nil: nobody has.
  var verifiedDaysAgo: Int?
  var hasCallback = false
  /// Whether it came later than the others.
  var isLate = false
  /// Whether people leave it alone, because something is to be found out about it.
  var isSubject = false

  static let header =
    "caller_id,carrier,area_code,daily_limit,hourly_limit,name,pool,state,attestation,authorized_by,verified_at,callback"

  /// - Parameter day: writes the day that is so many days ago.
  func row(_ day: (Int) -> String) -> String {
    [
      written, carrier, serves, dailyLimit, hourlyLimit, name, pool, state, attestation, authorizedBy,
      verifiedDaysAgo.map(day) ?? "", hasCallback ? "yes" : "no",
    ].joined(separator: ",")
  }
}
