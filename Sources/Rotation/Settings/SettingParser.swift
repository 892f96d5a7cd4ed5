/// Reads the text of a setting as the type that it must have.
///
/// Each method throws `refused`, with the values that are allowed.
struct SettingParser {
  let key: String
  let text: String

  func integer(in range: ClosedRange<Int>) throws(StoreError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw .refused("\(key) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return value
  }

  func limit(atLeast least: Int) throws(StoreError) -> Int? {
    let calls = try Limit(text, name: key).calls
    if let calls, calls < least { throw .refused("\(key) is \(least) or more, or none for no limit; not \(calls)") }
    return calls
  }

  /// 1 to 99, or `none`.
  func percentage() throws(StoreError) -> Int? {
    if text == "none" { return nil }
    guard let value = Int(text), (1...99).contains(value) else {
      throw .refused("\(key) is a percentage from 1 to 99, or none; not \"\(text)\"")
    }
    return value
  }

  func choice<Choice: RawRepresentable & CaseIterable>() throws(StoreError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw .refused("\(key) is one of \(choices), not \"\(text)\"")
    }
    return choice
  }

  func digits(count: ClosedRange<Int>) throws(StoreError) -> String {
    guard count.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .refused("\(key) is \(count.lowerBound) to \(count.upperBound) digits, not \"\(text)\"")
    }
    return text
  }

  func yesNo() throws(StoreError) -> Bool {
    guard let flag = YesNo.read(text) else { throw .refused("\(key) is yes or no, not \"\(text)\"") }
    return flag
  }

  func label() throws(StoreError) -> String {
    guard text.unicodeScalars.count <= CallerText.maximumLength, let label = CallerText(text) else {
      throw .refused("\(key) is a text of 1 to \(CallerText.maximumLength) characters")
    }
    return label.text
  }

  func labels(separatedBy separator: Unicode.Scalar) throws(StoreError) -> [String] {
    var labels: [String] = []
    // By Unicode scalars: as a Swift `Character`, a comma with a combining accent is not a comma.
    for part in text.unicodeScalars.split(separator: separator, omittingEmptySubsequences: false) {
      let label = try SettingParser(key: key, text: String(part)).label()
      guard !labels.contains(where: { $0.isSameName(as: label) }) else {
        throw .refused("\(key) names \(label) twice")
      }
      labels.append(label)
    }
    return labels
  }

  func phone(countryCode: String) throws(StoreError) -> PhoneNumber {
    do throws(PhoneNumber.Invalid) {
      return try PhoneNumber(text, countryCode: countryCode)
    } catch {
      throw .refused("\(key): \(text): \(error.reason)")
    }
  }

  /// `HH:MM`, in minutes.
  func time() throws(StoreError) -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
      let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), hour < 24, minute < 60
    else { throw .refused("\(key) is a time such as 06:00, not \"\(text)\"") }
    return Int(hour) * 60 + Int(minute)
  }
}

/// `yes` or `no`, as operators write it.
package enum YesNo {
  package static func read(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "y", "true", "1", "on": true
    case "no", "n", "false", "0", "off": false
    default: nil
    }
  }

  package static func text(_ flag: Bool) -> String { flag ? "yes" : "no" }
}
