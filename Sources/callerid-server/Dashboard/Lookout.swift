import Dashboard
import Foundation
import Rotation

/// What the overview shows, for all who look at it. It is worked out once a second while somebody looks. Else only the new
/// calls are counted, every ten seconds, so that whoever comes sees them at once.
actor Lookout {
  /// What is seen at a moment.
  struct Sight: Sendable {
    let overview: Overview
    let counts: CallCounts
    /// The parts of the overview as HTML, by their IDs.
    let parts: [String: String]
  }

  private let watcher: StoreOffice
  private let measures: Measures
  private let census: SlowLook<Census>
  private let room: SlowLook<[Finding]>
  private let contents: SlowLook<(findings: [Finding], at: Int)>
  private var counts = CallCounts()
  private var durations: [(at: UInt64, counts: [Int], count: Int)] = []
  private var latest: Result<Sight, StoreError>?
  private var lastLooked: UInt64 = 0

  /// - Parameters:
  ///   - watcher: reads what has come since it was last asked.
  ///   - reporter: reads what takes long.
  init(watcher: StoreOffice, reporter: StoreOffice, path: String, measures: Measures) {
    self.watcher = watcher
    self.measures = measures
    census = SlowLook(every: 10) { try await reporter.ask { try $0.census() } }
    room = SlowLook(every: 60) {
      [
        Store.spaceFinding(ofStore: path),
        Store.backupFinding(ofStore: path, in: Store.backupFolder(ofStore: path)),
      ]
    }
    // Every page of the store is read.
    contents = SlowLook(every: 3600) { (try await reporter.ask { try $0.contentFindings() }, Int(time(nil))) }
  }

  /// What is seen now.
  ///
  /// - Throws: why the store cannot be read.
  func sight() async throws(StoreError) -> Sight {
    lastLooked = Monotonic.now
    // The server has just been started.
    for _ in 0..<100 where latest == nil { try? await Task.sleep(for: .milliseconds(50)) }
    guard let latest else { throw StoreError(.busy, "the calls of today are being counted") }
    return try latest.get()
  }

  /// Keeps looking until it is cancelled.
  func keepLooking() async {
    while !Task.isCancelled {
      latest = await look()
      for _ in 0..<10 {
        try? await Task.sleep(for: .seconds(1))
        if Task.isCancelled || isWatched { break }
      }
    }
  }

  /// Whether somebody has looked within the last minute.
  private var isWatched: Bool { lastLooked > 0 && Monotonic.now - lastLooked < 60 * 1_000_000_000 }

  private func look() async -> Result<Sight, StoreError> {
    let before = counts
    do throws(StoreError) {
      let (counts, calendar) = try await watcher.ask { store in
        var counts = before
        try store.follow(&counts)
        return (counts, store.settings.calendar)
      }
      self.counts = counts
      let isWatched = isWatched
      let (census, room, contents) = (
        census.latest(renewing: isWatched), room.latest(renewing: isWatched), contents.latest(renewing: isWatched)
      )
      let overview = Overview(
        counts, census, latency: latency(at: Monotonic.now), findings: (room ?? []) + (contents?.findings ?? []),
        examined: contents?.at ?? 0, in: calendar)
      let parts = overview.parts.reduce(into: [String: String]()) { $0[$1.id] = try? $1.html }
      return .success(Sight(overview: overview, counts: counts, parts: parts))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Latency

  /// How long the calls of the last minute have waited for their answer.
  private func latency(at now: UInt64) -> Latency? {
    let histograms = measures.now.durations.values
    let bounds = Measures.seconds
    let counts = bounds.indices.map { index in histograms.map { $0.counts[index] }.reduce(0, +) }
    let before = durations.first
    durations.append((now, counts, histograms.map(\.count).reduce(0, +)))
    durations.removeAll { $0.at + 60 * 1_000_000_000 < now }
    let all = (durations.last?.count ?? 0) - (before?.count ?? 0)
    guard all > 0 else { return nil }
    let recent = before.map { before in zip(counts, before.counts).map { $0 - $1 } } ?? counts
    func bound(of share: Double) -> Double {
      var sum = 0
      for (bound, count) in zip(bounds, recent) {
        sum += count
        if Double(sum) >= Double(all) * share { return bound }
      }
      return bounds.last ?? 1
    }
    return Latency(median: bound(of: 0.5), slowest: bound(of: 0.99))
  }
}
