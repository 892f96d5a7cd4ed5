extension Calendar {
  /// The local date and time, such as `2026-11-24 09:30:00`.
  package func text(of moment: Int) -> String {
    let time = local(moment)
    return "\(time.year)-\(time.month.twoDigits)-\(time.day.twoDigits) "
      + "\(time.hour.twoDigits):\(time.minute.twoDigits):\(time.second.twoDigits)"
  }
}

extension Int {
  /// With two digits, as in dates and times: 9 is `09`.
  var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}
