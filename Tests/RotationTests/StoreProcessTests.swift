import Foundation
import SQLite
import Synchronization
import Testing

@testable import Rotation

/// Stores in a process that stays: several of one file, several threads, and a restore that wants the store.
struct StoreProcessTests {
  /// What fcntl(2) locks this process has on a file, by the kernel's own list.
  private func locks(on path: String) throws -> [String] {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    let inode = String(status.st_ino)
    return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n").map(String.init).filter {
      let words = $0.split(separator: " ", omittingEmptySubsequences: true)
      return words.count > 5 && words[1] == "POSIX" && words[4] == String(getpid()) && words[5].hasSuffix(":" + inode)
    }
  }

  @Test func closingOneOfTwoStoresLeavesTheOthersLocks() throws {
    let test = try TestStore()
    try test.add("2145550101")
    let index = test.store.path + "-shm"
    try #require(!(try locks(on: index)).isEmpty)
    for _ in 0..<3 { _ = try test.asCall { try $0.pick(Request(destination: "12145551212")) } }
    _ = try test.reopened().statistics()
    #expect(!(try locks(on: index)).isEmpty)
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
  }

  @Test func theKeptIndexOutlivesWhoeverOpenedIt() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let path = test.store.path
    // The second is opened while the first keeps the index, and stays when that one goes.
    var first: Store? = try Store(path: path, clock: test.clock.clock)
    let second = try Store(path: path, clock: test.clock.clock)
    _ = try first?.statistics()
    first = nil
    #expect(try second.pick(Request(destination: "12145551212")).status == .ok)
    #expect(!(try locks(on: path + "-shm")).isEmpty)
    #expect(try test.pick() == "2145550102")
  }

  /// As far as that of single calls does.
  @Test(arguments: [(Store.LogCopying.own, 1000), (.handedOn, 4000)])
  func theLogOfAProcessThatServesCallsGrowsFurtherBeforeItIsCopied(copying: Store.LogCopying, frames: Int) throws {
    let test = try TestStore()
    try test.add("2145550101")
    let store = try Store(path: test.store.path, logCopying: copying, clock: test.clock.clock)
    var most = 0
    for _ in 0..<3000 where most == 0 || store.database.logFrames >= most {
      most = store.database.logFrames
      _ = try store.pick(Request(destination: "12145551212"))
      store.handOnLog { _ in Store.copyLog(ofStore: test.store.path) }
      store.endHandedOnLog()
    }
    #expect((frames * 9 / 10...frames * 11 / 10).contains(most))
  }

  @Test func aLateAlarmDoesNotEndTheProcess() throws {
    let test = try TestStore()
    let holder = try StoreLock(storePath: test.store.path)
    try holder.hold(until: .after(milliseconds: 0)) { _ in
      let waiting = try StoreLock(storePath: test.store.path)
      #expect(throws: StoreError.self) { try waiting.hold(until: .after(milliseconds: 5)) { _ in } }
    }
    // Two waits may overlap, and the first to end must not leave the other without a handler.
    raise(SIGALRM)
    var action = sigaction()
    sigaction(SIGALRM, nil, &action)
    #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 0)
  }

  @Test func twoThreadsWaitForTheLockAtOnce() async throws {
    let test = try TestStore()
    let path = test.store.path
    let held = try StoreLock(storePath: path).acquire(until: .after(milliseconds: 0))
    async let impatient = Self.wait(path, milliseconds: 20)
    async let patient = Self.wait(path, milliseconds: 300_000)
    #expect(await !impatient)
    held.release()
    #expect(await patient)
  }

  /// Waits for the lock on a thread of its own.
  ///
  /// - Returns: whether it got it.
  private static func wait(_ path: String, milliseconds: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let lock = try? StoreLock(storePath: path)
        let isHeld = (try? lock?.hold(until: .after(milliseconds: milliseconds)) { _ in true }) ?? false
        continuation.resume(returning: isHeld)
      }
    }
  }

  @Test func aProcessThatStaysMakesRoomForARestore() async throws {
    let test = try TestStore()
    try test.add("2145550101")
    let backup = test.folder + "/backup.db"
    _ = try test.store.backUp(to: backup)
    try test.add("2145550102")
    let path = test.folder + "/resident.db"
    try Store.create(path: path)
    let resident = Resident(path: path)
    resident.start()
    while !resident.isOpen { try await Task.sleep(for: .milliseconds(1)) }
    _ = try Store.restore(path, from: backup)
    #expect(resident.wasAsked)
    let restored = try Store(path: path)
    #expect(try restored.statistics().counts.numbers == 1)
    #expect(!restored.isAskedToClose)
  }
}

/// A process that stays, in a thread of its own: it has the store open until it is asked to close it.
private final class Resident: Sendable {
  private let path: String
  private let opened = Atomic<Bool>(false)
  private let asked = Atomic<Bool>(false)
  var isOpen: Bool { opened.load(ordering: .acquiring) }
  var wasAsked: Bool { asked.load(ordering: .acquiring) }

  init(path: String) { self.path = path }

  func start() { Thread.detachNewThread { self.serve() } }

  private func serve() {
    let store = try? Store(path: path)
    opened.store(true, ordering: .releasing)
    // A server asks this between two groups of requests. If nobody ever asks, the test is to fail, not to hang. It is noted
    // while the store is still open: the restore goes on as soon as that is closed.
    withExtendedLifetime(store) {
      for _ in 0..<60_000 where !wasAsked {
        if store?.isAskedToClose == true { asked.store(true, ordering: .releasing) } else { usleep(1000) }
      }
    }
  }
}
