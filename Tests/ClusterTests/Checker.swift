import MariaDB
import SQLite
import TestSupport

/// Judges by the contract alone what dialers have done: it knows which calls got which numbers, reads the dialers' stores
/// and the engine's tables, and nothing of how these came about.
struct Checker {
  /// A call that got a number.
  struct Grant {
    let dialer: String
    let request: Int
    let number: String
    let at: Int
    /// Until when the number is the call's; 0: nothing was reserved.
    var until: Int
    /// What the dialer knew of the number's limits: edits reach dialers within seconds only.
    let hourly: Int?
    let daily: Int?
  }

  /// What a request log and the engine's books both say of a granted request.
  struct Entry: Equatable {
    let at: Int
    let number: String
    let releasedAt: Int
  }

  /// In the order in which they were answered.
  private(set) var grants: [Grant] = []
  private var byNumber: [String: [Int]] = [:]
  /// Of stores in whose place a backup was put: what they had granted, and what of it had been told by then.
  private var thrown: [String: [(request: Int, entry: Entry)]] = [:]
  private var toldOfThrown: [String: Set<Int>] = [:]
  /// Whether the engine was restored: what it knew of requests' ends, and of stores that are gone, may be lost.
  var engineWasRestored = false
  private(set) var faults: [String] = []

  mutating func fault(_ text: String) { faults.append(text) }

  // MARK: Calls

  /// Notes a grant, and judges it by those before.
  mutating func note(_ grant: Grant) {
    let earlier = (byNumber[grant.number] ?? []).map { grants[$0] }
    for other in earlier.suffix(40) where other.until > grant.at {
      fault(
        "\(grant.number) was \(other.dialer)'s from \(other.at) until \(other.until), and \(grant.dialer) got it at \(grant.at)"
      )
    }
    for (name, seconds, limit) in [("hour", 3600, grant.hourly), ("day", 86_400, grant.daily)] {
      let count = 1 + earlier.count { $0.at / seconds == grant.at / seconds }
      if let limit, count > limit {
        fault(
          "\(grant.number) had \(count) calls in the \(name) of \(grant.at) on \(grant.dialer), its limit is \(limit)")
      }
    }
    byNumber[grant.number, default: []].append(grants.count)
    grants.append(grant)
  }

  /// Notes that a call gave its number back.
  mutating func release(_ index: Int, at moment: Int) { grants[index].until = min(grants[index].until, moment) }

  /// Calls of a number in the day of a moment.
  func calls(of number: String, inDayOf moment: Int) -> Int {
    (byNumber[number] ?? []).count { grants[$0].at / 86_400 == moment / 86_400 }
  }

  // MARK: Leases

  /// No number is usable on two dialers.
  mutating func checkLeases(_ usable: [(dialer: String, numbers: Set<String>)]) {
    for (index, one) in usable.enumerated() {
      for other in usable[..<index] {
        let both = one.numbers.intersection(other.numbers)
        if !both.isEmpty {
          fault("usable on \(other.dialer) and \(one.dialer): \(both.sorted().joined(separator: " "))")
        }
      }
    }
  }

  // MARK: Books

  static func log(ofStore path: String) throws -> [(request: Int, entry: Entry)] {
    let database = try Database(path: path, mode: .readOnly)
    defer { database.close() }
    return try database.all(
      """
      SELECT r.id, r.at, n.e164, r.released_at FROM request AS r LEFT JOIN number AS n ON n.id = r.number_id
      WHERE r.status = 'OK' ORDER BY r.id
      """
    ) { row in
      (row[0] as Int, Entry(at: row[1], number: row[2] as String? ?? "", releasedAt: row[3] as Int? ?? 0))
    }
  }

  static func books(of dialer: String, _ engine: MariaDB.Connection) throws -> [(request: Int, entry: Entry)] {
    try engine.all(
      """
      SELECT r.id, r.at, r.number, r.released_at FROM callerid_request AS r JOIN callerid_dialer AS d ON d.id = r.dialer
      WHERE d.name = ? AND r.status = 'OK' ORDER BY r.id
      """, dialer
    ) { row in
      (row[0] as Int, Entry(at: row[1], number: row[2] as String? ?? "", releasedAt: row[3] as Int? ?? 0))
    }
  }

  /// Notes what a store has granted that is about to be replaced by a backup.
  mutating func throwAway(_ path: String, of dialer: String, told: [Int]) throws {
    let log = try Self.log(ofStore: path)
    thrown[dialer, default: []] += log
    toldOfThrown[dialer, default: []].formUnion(Set(log.map(\.request)).intersection(told))
  }

  /// Notes that the engine knows no other requests than these of a dialer any more.
  mutating func forget(_ dialer: String, but kept: [Int]) {
    engineWasRestored = true
    toldOfThrown[dialer, default: []].formIntersection(kept)
  }

  /// Every granted request of a store is in the engine's books as it is in the store's log, and nothing else is but what a
  /// store had told that is gone.
  mutating func checkBooks(of dialer: String, path: String, _ engine: MariaDB.Connection) throws {
    let (log, books) = (try Self.log(ofStore: path), try Self.books(of: dialer, engine))
    var known: [Int: Entry] = [:]
    for (request, entry) in books { known[request] = entry }
    for (request, entry) in log {
      guard let told = known.removeValue(forKey: request) else {
        fault("request \(request) of \(dialer) is not in the books: \(entry)")
        continue
      }
      // Of how it ended a store may know less than the books, or the books less than it, where either was restored.
      let wasRestored = engineWasRestored || thrown[dialer] != nil
      let isSame = told.at == entry.at && told.number == entry.number
      if !isSame || (told.releasedAt != entry.releasedAt && !wasRestored) {
        fault("request \(request) of \(dialer) is \(entry), the books say \(told)")
      }
    }
    for (request, entry) in known {
      let isOfThrown = (thrown[dialer] ?? []).contains {
        $0.request == request && $0.entry.at == entry.at && $0.entry.number == entry.number
      }
      if !isOfThrown { fault("the books have a request \(request) of \(dialer) that it never granted: \(entry)") }
    }
    let all = Set(books.map(\.request))
    let lost = (toldOfThrown[dialer] ?? []).subtracting(all)
    if !lost.isEmpty { fault("told by \(dialer) before it was restored, and not in the books: \(lost.sorted())") }
    let here = Set(log.map { "\($0.request) \($0.entry.number) \($0.entry.at)" })
    let gone = Set((thrown[dialer] ?? []).map { "\($0.request) \($0.entry.number) \($0.entry.at)" })
    for grant in grants where grant.dialer == dialer {
      let text = "\(grant.request) \(grant.number) \(grant.at)"
      if !here.contains(text), !gone.contains(text) { fault("\(dialer)'s log has no request \(text)") }
    }
  }

  // MARK: The end

  /// The engine says of each dialer's numbers what its store says, and counts calls as they were.
  mutating func checkNumbers(_ dialers: [(name: String, path: String)], _ engine: MariaDB.Connection, now: Int) throws {
    for dialer in dialers {
      let database = try Database(path: dialer.path, mode: .readOnly)
      defer { database.close() }
      let here: [String] = try database.all("SELECT e164 || ' ' || lease FROM number WHERE lease > 0 ORDER BY e164") {
        $0[0]
      }
      let there: [String] = try engine.all(
        """
        SELECT concat(n.e164, ' ', n.fence) FROM callerid_number AS n JOIN callerid_dialer AS d ON d.id = n.holder
        WHERE d.name = ? AND n.epoch = d.epoch AND n.removed = 0 ORDER BY n.e164
        """, dialer.name
      ) { $0[0] }
      if here != there {
        fault(
          "\(dialer.name) has, and the engine says: "
            + Set(here).symmetricDifference(there).sorted().joined(separator: ", "))
      }
    }
    let orphans: Int? = try engine.value(
      """
      SELECT count(*) FROM callerid_number AS n LEFT JOIN callerid_dialer AS d ON d.id = n.holder AND d.epoch = n.epoch
        AND d.state = 'active' WHERE n.holder > 0 AND d.id IS NULL
      """)
    if orphans != 0 { fault("\(orphans ?? -1) numbers are held by nobody who lives") }
    let counted: [(number: String, day: Int, calls: Int)] = try engine.all(
      "SELECT e164, day, used_today FROM callerid_number WHERE unsettled_until <= ?", now
    ) { ($0[0], $0[1], $0[2]) }
    for (number, day, calls) in counted {
      let today = day == now / 86_400 * 86_400 ? calls : 0
      let truth = self.calls(of: number, inDayOf: now)
      if today != truth { fault("the engine counts \(today) calls of \(number) today, there were \(truth)") }
    }
  }
}
