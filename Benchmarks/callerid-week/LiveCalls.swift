import Foundation
import Rotation

/// The calls that come in while somebody looks.
struct LiveCalls {
  private let floor: Floor
  private let calendar: Rotation.Calendar
  private let store: Store
  private let burnt: Set<String>
  private let shares: Weights
  private var dialer: Dialer
  private var random: SplitMix
  private var open: [(uniqueID: CallerText, end: Int, ending: Ending)] = []
  private var counts = Truth.Counts()
  private var toldAt = Date()

  init(floor: Floor, calendar: Rotation.Calendar, store: Store, truth: Truth) {
    self.floor = floor
    self.calendar = calendar
    self.store = store
    burnt = Set(truth.blocked.map(\.number))
    shares = Weights(floor.campaigns.map(\.share))
    // Other calls each time.
    dialer = Dialer(floor: floor, calendar: calendar, stream: store.moment.now)
    random = SplitMix(seed: floor.seed, of: store.moment.now)
  }

  /// Whether somebody wants to put a backup in the store's place, or has.
  var mustEnd: Bool { store.isAskedToClose || store.isReplaced }

  mutating func pause(rate: Double) -> Double { -log(1 - random.fraction()) / rate }

  /// Ends the calls that are over, and begins one.
  mutating func goOn() throws {
    let now = store.moment.now
    let over = open.filter { $0.end <= now }
    open.removeAll { $0.end <= now }
    let campaign = floor.campaigns[shares.index(at: random.fraction())]
    let requests = dialer.requests(for: campaign, at: now)
    let answers = try store.write { transaction in
      for call in over { _ = try transaction.release(uniqueID: call.uniqueID, outcome: call.ending.outcome) }
      return try requests.map { try transaction.pick($0) }
    }
    counts.released += over.count
    for (request, answer) in zip(requests, answers) {
      guard case .granted(let grant) = answer, let uniqueID = request.uniqueID else {
        counts.refused += 1
        continue
      }
      counts.granted += 1
      let local = calendar.local(now)
      let number = grant.number.phone.written
      let ending = Ending(
        of: campaign, number: number, hour: Double(local.hour) + Double(local.minute) / 60,
        isBlocked: burnt.contains(number), &random
      ).cut(to: 90)
      if let after = ending.after { open.append((uniqueID, now + after, ending)) }
    }
  }

  /// Frees what calls hold whose end nobody waits for.
  func end() throws {
    guard !store.isReplaced else { return }
    try store.write { transaction in
      for call in open {
        var outcome = Outcome()
        outcome.dialStatus = CallerText("CANCEL")
        _ = try transaction.release(uniqueID: call.uniqueID, outcome: outcome)
      }
    }
  }

  /// What has been so far, now and then.
  mutating func line(every seconds: Double) -> String? {
    guard Date().timeIntervalSince(toldAt) >= seconds else { return nil }
    toldAt = Date()
    return "\(counts.granted) calls got a number, \(counts.refused) got none, \(open.count) are under way"
  }
}
