internal import SQLite

/// Changing the operator's numbers.
extension Store {
  /// Adds a number that the store does not have yet.
  package func add(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try change("add \(phone.written) \(fields.summary)") { transaction in
      guard try transaction.number(phone) == nil else {
        throw StoreError.refused("\(phone.written) is in the store already", hint: "Change it with: set")
      }
      return try transaction.put(phone, fields).number
    }
  }

  /// Adds a number, or changes the given fields of the one that the store has.
  package func put(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> (
    number: Number, change: NumberChange
  ) {
    try change("add \(phone.written) \(fields.summary)") { try $0.put(phone, fields) }
  }

  /// Changes fields of a number.
  package func change(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try change("set \(phone.written) \(fields.summary)") { transaction in
      _ = try transaction.existing(phone)
      return try transaction.put(phone, fields).number
    }
  }

  /// Takes numbers into or out of use, all or none of them.
  package func setState(_ state: Number.State, of phones: [PhoneNumber]) throws(StoreError) {
    try change("\(state.command) \(phones.map(\.written).joined(separator: " "))", of: phones) { transaction, number in
      let before = number
      var number = number
      number.state = state
      transaction.noteChange(from: before, to: number)
      try transaction.keepState(of: number)
      try transaction.moveToItsPlace(&number)
    }
  }

  /// Makes numbers rest until a time, all or none of them. A time in the past wakes them.
  ///
  /// - Parameters:
  ///   - until: seconds since 1970-01-01 UTC.
  ///   - reasons: the reason for each number that has its own.
  package func rest(
    _ phones: [PhoneNumber], until: Int, reason: String, reasons: [PhoneNumber: String] = [:]
  ) throws(StoreError) {
    let why = reason.isEmpty ? "" : " (\(reason))"
    let what = until > clock.now() ? "rest until \(settings.calendar.text(of: until))\(why):" : "wake"
    try change("\(what) \(phones.map(\.written).joined(separator: " "))", of: phones) { transaction, number in
      let before = number
      var number = number
      let rests = until > transaction.now
      number.restingUntil = rests ? until : 0
      number.restReason = rests ? reasons[number.phone] ?? reason : ""
      try transaction.noteRest(from: before, to: number)
      // The rest rule counts the number's calls from here on.
      try transaction.forgetOutcomes(of: number)
      try transaction.moveToItsPlace(&number)
    }
  }

  /// Removes numbers, all or none of them.
  ///
  /// - Parameter evenIfUsed: delete those with a history as well.
  package func remove(_ phones: [PhoneNumber], evenIfUsed: Bool) throws(StoreError) {
    let what = "remove \(phones.map(\.written).joined(separator: " "))" + (evenIfUsed ? " --force" : "")
    let check = { (number: Number) throws in try Self.checkRemoval(of: number, evenIfUsed) }
    try change(what, of: phones, check: check) { try $0.delete($1) }
  }

  /// Hands every number to `body`, in import order.
  ///
  /// They are read some hundred at a time, and nothing is held while `body` is at work: a pager that somebody leaves open
  /// keeps no call waiting, and does not keep the log from being begun again.
  package func eachNumber(_ body: (Number) throws -> Void) throws(StoreError) {
    var last = 0
    while case let numbers = try read({ try $0.numbers(after: last, atMost: 200) }), let end = numbers.last {
      do { try numbers.forEach(body) } catch { throw StoreError(error) }
      last = end.id
    }
  }

  /// The next numbers in import order that are wanted, no more than `count`.
  ///
  /// - Parameter phone: the number after which they stand; nil: from the first on.
  /// - Throws: `refused` where the store does not have the number.
  package func numbers(
    after phone: PhoneNumber?, atMost count: Int, where isWanted: (Number) -> Bool
  ) throws(StoreError) -> [Number] {
    var last = try phone.map { (phone) throws(StoreError) in try find(phone).id } ?? 0
    var wanted: [Number] = []
    while wanted.count < count, case let numbers = try read({ try $0.numbers(after: last, atMost: 200) }),
      let end = numbers.last
    {
      wanted += numbers.filter(isWanted).prefix(count - wanted.count)
      last = end.id
    }
    return wanted
  }

  /// - Throws: `refused` where the store does not have the number.
  package func find(_ phone: PhoneNumber) throws(StoreError) -> Number {
    try read { try $0.existing(phone) }
  }
}
