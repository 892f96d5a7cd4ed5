import NumberFiles
import Rotation

/// How the floor began to use the store: as an operator does with callerid-admin.
struct Opening {
  let floor: Floor
  let hours: Hours
  let path: String
  let clock: FloorClock
  let zone: String

  func makeStore() throws {
    try Store.create(path: path, clock: clock.clock)
    let store = try Store(path: path, clock: clock.clock)
    try later(minutes: 3)
    store.author = Person.maria.author
    for (setting, text) in [
      (Setting.timeZone, zone), (.agentCallsPerMinute, "45"), (.match, "any"), (.reservationTTL, "120"),
    ] {
      try store.set(setting, to: text)
    }
    try bringIn(floor.numbers.filter { !$0.isLate }, from: "numbers-2026.csv", to: store)
    try later(minutes: 45)
    for campaign in floor.campaigns {
      guard let name = CallerText(campaign.name) else { continue }
      _ = try store.set(campaign.settings.map { ($0.0, $0.1) }, of: name)
      try later(minutes: 2)
    }
    store.author = Person.tom.author
    for agent in floor.hastyAgents {
      guard let name = CallerText(agent) else { continue }
      try store.setCallsPerMinute(Limit(String(Floor.hastyLimit), name: "calls_per_minute"), of: name)
    }
    clock.set(hours.start - 12 * 86_400)
    try bringIn(floor.numbers.filter(\.isLate), from: "order-4471.csv", to: store)
  }

  private func later(minutes: Int) throws { clock.set(clock.now + minutes * 60) }

  /// As `callerid-admin import` does.
  private func bringIn(_ numbers: [FloorNumber], from name: String, to store: Store) throws {
    let rows = numbers.map { $0.row(dayAgo) }
    var text = ([FloorNumber.header] + rows).joined(separator: "\n")
    var file = try NumberFile(
      countryCode: store.settings.countryCode,
      nextChunk: {
        defer { text = "" }
        return Array(text.utf8)
      })
    let stage = try file.stage(for: store)
    if let rejected = stage.rejected.first {
      throw StoreError(.refused, "\(rejected.value) is no number: \(rejected.reason)")
    }
    let report = try store.importNumbers(stage)
    try store.note("import \(name): \(report.added) added")
  }

  private func dayAgo(_ days: Int) -> String {
    let date = hours.calendar.local(clock.now - days * 86_400)
    return "\(date.year)-\(String(date.month + 100).dropFirst())-\(String(date.day + 100).dropFirst())"
  }
}
