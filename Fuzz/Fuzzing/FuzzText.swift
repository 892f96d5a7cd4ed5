import Output
import Rotation

/// Numbers are digits, labels are safe and stay what they are, dial strings never trap.
func fuzzText(_ bytes: [UInt8]) throws {
  for line in lines(bytes).prefix(20) {
    let text = text(line)
    for countryCode in ["1", "44", "420"] {
      if let phone = try? PhoneNumber(text, countryCode: countryCode) { try check(phone) }
      if let destination = Destination(text, prefixes: ["9", "011"], countryCode: countryCode) {
        try expect((7...21).contains(destination.digits.utf8.count), "\(destination.digits) is too short or too long")
        try expect(isDigits(destination.digits), "\(destination.digits) is not digits")
        let area = destination.areaCode
        try expect(area.map { AreaCode.isDigits($0.drop { $0 == "+" }) || $0.utf8.count > 6 } ?? true, "an area code")
        if let number = destination.number {
          try expect(isDigits(number.callingCode + number.national), "\(number.national) is not digits")
        }
      }
    }
    try check(label: text)
    if let code = VICIdialCallName(callerIDName: text) {
      try expect(code.text == text && text.utf8.count <= 40, "a call code is what came")
      try expect((code.leadID ?? 0) < 10_000_000_000, "a lead's ID has ten digits")
    }
    let moment = Moment(now: 1_772_463_600, settings: Settings())
    if let end = try? RestEnd.after(text, at: moment) {
      try expect(end > moment.now && end <= moment.now + 3651 * 86_400, "a rest ends in ten years")
    }
    if let point = TimePoint(text) {
      try expect((try? point.past(at: moment)).map { $0 <= moment.now } ?? true, "a report begins in the past")
      try expect((try? point.future(at: moment)).map { $0 > moment.now } ?? true, "a rest ends in the future")
    }
    _ = Region(named: text)
    _ = Region.overlays(of: text)
    try expect(!AreaCode.isDigits(text) || isDigits(text), "an area code is digits")
    if let calls = (try? Limit(text, name: "limit"))?.calls { try expect((0...1_000_000).contains(calls), "a limit") }
  }
}

func check(_ phone: PhoneNumber) throws(Broken) {
  try expect((7...15).contains(phone.e164.utf8.count) && isDigits(phone.e164), "\(phone.e164) is not 7 to 15 digits")
  try expect(isDigits(phone.written), "\(phone.written) is not digits")
  for form in Presentation.allCases {
    let presented = phone.presented(form, countryCode: "1")
    try expect(isDigits(presented.drop { $0 == "+" }), "\(presented) is shown")
  }
  let again = try? PhoneNumber("+" + phone.e164)
  try expect(again == phone, "\(phone.e164) is not the same when it is read again")
}

private func check(label text: String) throws(Broken) {
  guard let label = CallerText(text)?.text else { return }
  let scalars = label.unicodeScalars
  try expect((1...64).contains(scalars.count), "a label of \(scalars.count) characters")
  try expect(scalars.first != " " && scalars.last != " ", "a label with space at its ends")
  try expect(!scalars.contains(where: isUnsafe), "a character that does harm")
  try expect(CallerText(label)?.text == label, "a label changes when it is made safe again")
}

private func isDigits(_ text: some StringProtocol) -> Bool {
  !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
}
