import Rotation

/// A store that others have written rubbish into answers every question, or says what is wrong; it never crashes the
/// program that asks. Each line of the input is `place=text`: see `StoreFile.put`.
func fuzzStore(_ bytes: [UInt8]) throws {
  let store = try StoreFile.shared.get()
  try store.restore()
  for line in lines(bytes).prefix(12) {
    let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { try store.put(text(parts[1]), into: text(parts[0])) }
  }
  ask(store)
}

/// Everything that calls and operators ask. A refusal is an answer, and a `StoreError` the only error that there is.
private func ask(_ file: StoreFile) {
  let timeout = Store.callTimeout(path: file.path)
  let deadline = Deadline.after(milliseconds: timeout + 1000)
  if let (_, store) = try? Store.call(
    path: file.path, until: deadline, clock: file.clock, { try $0.pick(file.request) })
  {
    _ = try? store.release(uniqueID: file.uniqueID, outcome: file.outcome)
  }
  guard let store = try? Store(path: file.path, clock: file.clock) else { return }
  var phones: [PhoneNumber] = []
  try? store.eachNumber { number in
    phones.append(number.phone)
    for field in NumberField.allCases { _ = field.text(of: number) }
    _ = number.phone.areaCode
    _ = number.phone.presented(.national, countryCode: store.settings.countryCode)
  }
  _ = try? store.explain(file.request)
  _ = try? store.statistics()
  _ = try? store.activity()
  _ = try? store.requests(last: 20)
  _ = try? store.reservations()
  _ = try? store.auditEntries(last: 20)
  _ = try? store.campaigns()
  _ = try? store.agents()
  for grouping in Grouping.allCases { _ = try? store.outcomes(by: grouping, since: 0) }
  _ = try? store.resetUsage(.init(hourly: true, daily: true, pastOnly: false), dryRun: true)
  var fields = NumberFields()
  try? fields.set(.areaCode, to: "972 TX")
  for phone in phones.prefix(3) { _ = try? store.change(phone, fields) }
  try? store.rest(Array(phones.prefix(1)), until: StoreFile.now + 3600, reason: "flagged")
  _ = try? store.set([(.numberDailyLimit, "3")], of: file.campaign)
  try? store.set(.defaultDailyLimit, to: "7")
  _ = try? store.pick(file.request)
  _ = try? store.releaseAll()
  _ = try? store.contentFindings()
  _ = try? store.checkLanes(mending: true)
  _ = try? store.resetUsage(.init(hourly: true, daily: true, pastOnly: false))
}
