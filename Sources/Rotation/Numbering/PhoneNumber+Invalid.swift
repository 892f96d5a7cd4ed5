internal import PlainText

extension PhoneNumber {
  /// What is wrong with a text that is not a number, as it is told to the operator.
  package struct Invalid: Error, Equatable {
    package let reason: String

    /// A spreadsheet's decimal number, such as `2145550101.5`.
    package static let decimal = Invalid(
      reason: "a decimal number; format the column as text and export it again")
    /// A spreadsheet's rounded number, such as `2.14555E+09`: its last digits are lost.
    package static let rounded = Invalid(
      reason: "looks like a spreadsheet's rounded number; format the column as text and export it again")
  }
}

extension Digits {
  init(readable text: String) throws(PhoneNumber.Invalid) {
    do throws(Unreadable) {
      try self.init(text)
    } catch {
      throw PhoneNumber.Invalid(reason: error.reason)
    }
  }
}

extension Digits.Unreadable {
  var reason: String {
    switch self {
    case .character(let scalar):
      let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
      let code = "U+" + String(repeating: "0", count: max(0, 4 - hexadecimal.utf8.count)) + hexadecimal
      // The culprit may be one that cannot be seen.
      let isSeen = !scalar.isUnsafe && scalar.properties.generalCategory != .format
      return "not a phone number: it has \(isSeen ? "\"\(scalar)\" (\(code))" : code) in it; "
        + "it may hold digits, spaces and + - . / ( ) only"
    case .decimal: return PhoneNumber.Invalid.decimal.reason
    case .rounded: return PhoneNumber.Invalid.rounded.reason
    }
  }
}

extension NumberingPlan {
  /// What is wrong with digits that are no number of the writer's own country and none of another.
  ///
  /// - Parameter abroad: what stands behind a prefix for calls abroad.
  func fault(in digits: String, abroad: Substring?) -> PhoneNumber.Invalid {
    if let abroad {
      guard let (plan, rest) = Self.split(abroad) else {
        return .init(reason: "no country code begins with \(abroad.prefix(3))")
      }
      return plan.fault(inNational: rest)
    }
    var national = digits[...]
    let hasLength = lengths.contains(digits.utf8.count)
    if digits.hasPrefix(callingCode), !hasLength, digits.utf8.count > lengths.first ?? 0 {
      national = digits.dropFirst(callingCode.utf8.count)
    }
    var fault = fault(inNational: national, isBehindCode: national.utf8.count < digits.utf8.count)
    if digits.utf8.count > 7, let (plan, rest) = Self.split(digits[...]), plan.callingCode != callingCode,
      plan.number(rest) != nil
    {
      fault = .init(reason: "\(fault.reason); if it is one of \(plan.name), write it with +")
    }
    return fault
  }

  /// What is wrong with the digits of a national number.
  ///
  /// - Parameter isBehindCode: whether a calling code stands before them.
  func fault(inNational national: Substring, isBehindCode: Bool = true) -> PhoneNumber.Invalid {
    let count = national.utf8.count
    let lengths = lengths
    if callingCode == "1", count == 10 {
      let area = national.prefix(3)
      guard NorthAmerica.isNumber(national) else {
        return .init(reason: "not a North American number: area code and exchange begin with 2 to 9")
      }
      return .init(reason: "not a North American number: no area code \(area) is in service")
    }
    guard lengths.contains(count) else {
      let what = lengths.count > 1 ? "\(lengths.first ?? 0) to \(lengths.last ?? 0)" : "\(lengths.first ?? 0)"
      return .init(
        reason: "\(count < lengths.first ?? 0 ? "too short" : "too long") for a number of \(name): "
          + "\(count) digits, and its numbers have \(what)"
          + (isBehindCode ? " behind the country code" : ""))
    }
    return .init(reason: "no number of \(name) begins with \(national.prefix(known(national) + 1))")
  }
}
