import ArgumentParser
import Cluster
import Foundation
import MariaDB
import Output
import Rotation

struct Clusters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Share the numbers among several dialers, through a MariaDB that all of them reach.",
    discussion: """
      Each dialer keeps a store of its own, in which calls pick as before. callerid-server leases it the numbers that it \
      may use, and tells the others what it has done with them. docs/cluster.md says how it is set up, and what is seen \
      when something fails.
        callerid-admin cluster init       on the first dialer
        callerid-admin cluster join       on each other
        callerid-admin cluster status
      """,
    subcommands: [ClusterInit.self, ClusterJoin.self, ClusterStatus.self, ClusterLeave.self, ClusterEvict.self],
    defaultSubcommand: ClusterStatus.self)
}

/// `--file`.
struct ClusterFileOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file that says where the engine is. (default: $CALLERID_CLUSTER, or else /etc/callerid/cluster.conf)",
      valueName: "path"))
  var file: String?

  static var usualPath: String {
    ProcessInfo.processInfo.environment["CALLERID_CLUSTER"].flatMap { $0.isEmpty ? nil : $0 } ?? ClusterFile.usualPath
  }

  func read() throws -> ClusterFile { try ClusterFile(path: file ?? Self.usualPath) }
}

/// A command that needs the engine, and the store of this dialer.
protocol ClusterCommand: StoreLocating {
  var fileOption: ClusterFileOption { get }
  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws
}

extension ClusterCommand {
  func run() throws {
    // Only root may be able to read it: it holds a password.
    let read = Result { try fileOption.read() }
    try StoreUser.become(ownerOf: storePath)
    let store = try Store(path: storePath)
    let file = try read.get()
    try ClusterReach.telling {
      let engine = try Engine(file.engine)
      try run(on: store, engine, file)
    }
  }
}

/// What commands say of an engine that cannot be asked.
enum ClusterReach {
  /// Runs `body`, and says what is wrong with the engine as other errors are said.
  static func telling<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as EngineError {
      throw StoreError(.failed, "the cluster's engine: \(error.message)", hint: error.hint)
    } catch let error as ClusterError {
      throw StoreError(.refused, "\(error)")
    }
  }
}

struct ClusterInit: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a cluster in the engine's database, with this dialer as its first.",
    discussion: """
      It makes the tables, and brings this store's numbers, campaigns, settings and tokens. Run again after an upgrade, it \
      brings the tables up to date.
        callerid-admin cluster init
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var fileOption: ClusterFileOption
  @Option(
    help: ArgumentHelp(
      "How long a dialer may go on without the engine, and so how long its numbers are out of use if it dies; in seconds.",
      valueName: "seconds"))
  var lease = 3600

  func validate() throws {
    guard (120...86_400).contains(lease) else { throw ValidationError("--lease is from 120 to 86400 seconds.") }
  }

  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    let isNew = try engine.schemaVersion() == 0
    try engine.createTables(leaseSeconds: lease, at: Int(Date().timeIntervalSince1970))
    Terminal.print(isNew ? "The cluster is made." : "The cluster's tables are up to date.")
    guard store.membership == nil else { return }
    guard try engine.dialers().allSatisfy({ !$0.isActive }) else {
      return Terminal.note("the cluster has dialers already; this one joins them with: callerid-admin cluster join")
    }
    try ClusterJoin.join(store, engine, file)
  }
}

struct ClusterJoin: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Make this machine a dialer of the cluster.",
    discussion: """
      Its numbers, and how often they were used today, become the cluster's. If the cluster has some of its numbers, \
      campaigns or settings already, and otherwise, it lists these and changes nothing; with --as-there it takes the \
      cluster's. Then start callerid-server here: until it runs, calls get no number.
        callerid-admin cluster join
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var fileOption: ClusterFileOption
  @Flag(help: "Where the cluster and this store differ, take what the cluster has.") var asThere = false

  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    _ = try engine.facts()
    if let membership = store.membership {
      throw StoreError(.refused, "this store is the dialer \(membership.dialer)'s of a cluster already")
    }
    let found = try ClusterJoining(store: store, engine: engine, name: file.dialer).contradictions { _ in }
    if !found.isEmpty, !asThere {
      for item in found { Terminal.note("\(item.what): here \(item.here); in the cluster \(item.there)") }
      throw StoreError(
        .refused, "\(found.count.counting("thing")) would be otherwise than in the cluster",
        hint: "Nothing was changed. Change them here, or take what the cluster has with --as-there")
    }
    try Self.join(store, engine, file)
  }

  static func join(_ store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    var count = 0
    let result = try ClusterJoining(store: store, engine: engine, name: file.dialer).join { numbers in
      count += numbers
      Terminal.progress("\(count) numbers")
    }
    Terminal.endProgress()
    Terminal.print("This machine is the dialer \(file.dialer) now.")
    Terminal.print("\(result.brought.counting("number")) brought, \(result.shared) known there already")
    if result.shared > 0 {
      Terminal.note("how often those were used here today is not counted in the cluster")
    }
    Terminal.note("calls get numbers as soon as callerid-server runs here")
  }
}

struct ClusterStatus: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the dialers of the cluster, and what each has.",
    discussion: "  callerid-admin cluster status")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var fileOption: ClusterFileOption
  @OptionGroup var format: RowFormat

  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    let facts = try engine.facts()
    let dialers = try engine.dialersWithNumbers()
    let own = store.membership?.dialer
    Report(
      rows: dialers, fields: Self.fields(version: facts.version),
      columns: [
        Column("DIALER") { $0.name + ($0.name == own ? " (here)" : "") },
        Column("STATE") { $0.state },
        Column("NUMBERS", isNumber: true) { "\($0.numbers)" },
        Column("SEEN") { "\($0.silentSeconds) s ago" },
        Column("CHANGES") { dialer in
          let behind = facts.version - dialer.followed
          return (behind > 0 ? "\(behind) behind" : "all heard")
            + (dialer.untold > 0 ? ", \(dialer.untold) untold" : "")
        },
        Column("CLOCK") { $0.clockMilliseconds == 0 ? "right" : "\($0.clockMilliseconds) ms off" },
        Column("VERSION") { $0.program },
      ]
    ).print(as: format)
    if facts.isRecovering {
      Terminal.note(
        "the engine was restored from a backup; dialers that are not seen yet are waited for, or evict them")
    }
  }

  private static func fields(version: Int) -> [Field<Engine.Dialer>] {
    [
      Field("dialer") { .text($0.name) },
      Field("state") { .text($0.state) },
      Field("numbers") { .number($0.numbers) },
      Field("silent_seconds") { .number($0.silentSeconds) },
      Field("changes_behind") { .number(max(0, version - $0.followed)) },
      Field("changes_untold") { .number($0.untold) },
      Field("clock_ms") { .number($0.clockMilliseconds) },
      Field("version") { .text($0.program) },
    ]
  }
}
