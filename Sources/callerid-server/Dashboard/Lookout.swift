import Dashboard
import Foundation
import Rotation

/// What the overview shows, for all who look at it: it is worked out when somebody looks, and once a second at most. Else
/// only the new calls are counted, every ten seconds, so that whoever comes sees them at once.
actor Lookout {
  /// What is seen at a moment.
  struct Sight: Sendable {
    let overview: Overview
    let counts: CallCounts
    /// The parts of the overview as HTML, by their IDs.
    let parts: [String: String]
  }

  private typealias Counted = Result<(counts: CallCounts, calendar: Rotation.Calendar), StoreError>

  private let watcher: StoreOffice
  private let measures: Measures
  private let census: SlowLook<Census>
  private let room: SlowLook<(findings: [Finding], upkeep: LastUpkeep)>
  private let contents: SlowLook<(findings: [Finding], at: Int)>
  private var counts = CallCounts()
  private var isCounted = false
  private var durations: [(at: UInt64, counts: [Int], count: Int)] = []
  /// What was seen last, and when.
  private var latest: (sight: Result<Sight, StoreError>, at: UInt64)?
  /// What is under way, for all who come meanwhile.
  private var counting: Task<Counted, Never>?
  private var drawing: Task<Result<Sight, StoreError>, Never>?

  /// For how long what was seen is shown, in nanoseconds: those who look once a second see something new each time.
  private static let freshness: UInt64 = 900_000_000

  /// - Parameters:
  ///   - watcher: reads what has come since it was last asked.
  ///   - reporter: reads what takes long.
  init(watcher: StoreOffice, reporter: StoreOffice, path: String, measures: Measures) {
    self.watcher = watcher
    self.measures = measures
    census = SlowLook(every: 10) { try await reporter.ask { try $0.census() } }
    room = SlowLook(every: 60) {
      let (upkeep, finding) = try await reporter.ask { (try $0.lastUpkeep(), try $0.upkeepFinding()) }
      let files = [
        Store.spaceFinding(ofStore: path), Store.backupFinding(ofStore: path, in: Store.backupFolder(ofStore: path)),
      ]
      return (files + [finding], upkeep)
    }
    // Every page of the store is read.
    contents = SlowLook(every: 3600) { (try await reporter.ask { try $0.contentFindings() }, Int(time(nil))) }
  }

  /// What is seen now.
  ///
  /// - Throws: why the store cannot be read.
  func sight() async throws(StoreError) -> Sight {
    if let latest, Monotonic.now - latest.at < Self.freshness { return try latest.sight.get() }
    // The server has just been started.
    for _ in 0..<100 where !isCounted { try? await Task.sleep(for: .milliseconds(50)) }
    guard isCounted else { throw StoreError(.busy, "the calls of today are being counted") }
    let task = drawing ?? Task { await draw() }
    drawing = task
    return try await task.value.get()
  }

  /// Keeps counting until it is cancelled.
  func keepCounting() async {
    while !Task.isCancelled {
      _ = await count()
      try? await Task.sleep(for: .seconds(10))
    }
  }

  /// Brings the counts up to date.
  private func count() async -> Counted {
    let task =
      counting
      ?? Task { [before = counts] in
        do throws(StoreError) {
          return .success(
            try await watcher.ask { store in
              var counts = before
              try store.follow(&counts)
              return (counts, store.settings.calendar)
            })
        } catch {
          return .failure(error)
        }
      }
    counting = task
    let counted = await task.value
    // Whoever comes first of those who have waited.
    if counting == task {
      counting = nil
      isCounted = true
      if case .success(let found) = counted { counts = found.counts }
      noteDurations(at: Monotonic.now)
    }
    return counted
  }

  private func draw() async -> Result<Sight, StoreError> {
    let sight: Result<Sight, StoreError>
    switch await count() {
    case .success(let (counts, calendar)):
      let (room, contents) = (room.latest(), contents.latest())
      let overview = Overview(
        counts, census.latest(), latency: latency, upkeep: room?.upkeep,
        findings: (room?.findings ?? []) + (contents?.findings ?? []), examined: contents?.at ?? 0, in: calendar)
      let parts = overview.parts.reduce(into: [String: String]()) { $0[$1.id] = try? $1.html }
      measures.drew()
      sight = .success(Sight(overview: overview, counts: counts, parts: parts))
    case .failure(let error): sight = .failure(error)
    }
    latest = (sight, Monotonic.now)
    drawing = nil
    return sight
  }

  // MARK: Latency

  /// Keeps how long calls have waited for their answer until now, for a minute.
  private func noteDurations(at now: UInt64) {
    let histograms = measures.now.durations.values
    let counts = Measures.seconds.indices.map { index in histograms.map { $0.counts[index] }.reduce(0, +) }
    durations.append((now, counts, histograms.map(\.count).reduce(0, +)))
    durations.removeAll { $0.at + 60 * 1_000_000_000 < now }
  }

  /// How long the calls of the last minute have waited for their answer.
  private var latency: Latency? {
    guard let (before, after) = durations.first.flatMap({ first in durations.last.map { (first, $0) } }) else {
      return nil
    }
    let all = after.count - before.count
    guard all > 0 else { return nil }
    let recent = zip(after.counts, before.counts).map { $0 - $1 }
    func bound(of share: Double) -> Double {
      var sum = 0
      for (bound, count) in zip(Measures.seconds, recent) {
        sum += count
        if Double(sum) >= Double(all) * share { return bound }
      }
      return Measures.seconds.last ?? 1
    }
    return Latency(median: bound(of: 0.5), slowest: bound(of: 0.99))
  }
}
