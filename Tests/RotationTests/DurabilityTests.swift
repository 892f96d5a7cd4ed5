import SQLite
import Testing

@testable import Rotation

/// What a power loss may take. SQLite's documentation tells what each value means
/// (https://www.sqlite.org/pragma.html#pragma_synchronous); the programs' tests count the syncs.
struct DurabilityTests {
  private let normal = 1

  @Test func whoeverOpensAStoreSyncsAtCheckpoints() throws {
    let test = try TestStore()
    let called = try Store.call(path: test.store.path, until: .after(milliseconds: 10_000), clock: test.clock.clock) {
      try $0.pick(Request(destination: "12145551212"))
    }
    for store in [test.store, try test.reopened(), called.store] {
      #expect(try store.database.value("PRAGMA synchronous") == normal)
    }
  }
}
