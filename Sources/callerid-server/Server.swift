import Cluster
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Rotation
import UnixSignals

/// Everything that runs while the server does.
struct Server {
  private let configuration: Configuration
  private let log: Logger

  init(_ configuration: Configuration, log: Logger) {
    self.configuration = configuration
    self.log = log
  }

  /// How often tokens are read again, in seconds: so long one that was revoked still counts.
  private static let tokenSeconds = 1

  // MARK: Looking only

  /// Tells whether the server would start.
  ///
  /// - Throws: why it would not.
  func check() async throws {
    let store = try Store(path: configuration.path)
    let tokens = try store.tokens()
    print("store      \(configuration.path): \(try store.statistics().counts.numbers) numbers, \(tokens.count) tokens")
    if let files = configuration.certificate {
      _ = try files.context()
      print("TLS        \(files.certificate)")
    }
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    for (name, places) in [("FastAGI", configuration.agi), ("HTTP", configuration.http)] {
      for place in places {
        let listener = try await open(place) { place in
          try await Listener(
            on: place, gate: { Gate(ConnectionLimits(), way: .http, measures: Measures()) }, loops: loops,
            setUp: { _ in })
        }
        try await listener.end()
        print("\(name.padding(toLength: 10, withPad: " ", startingAt: 0)) \(place)")
      }
    }
    print("all is well")
  }

  // MARK: Running

  /// Runs until SIGTERM or SIGINT.
  ///
  /// - Throws: why it cannot start.
  func run() async throws {
    Self.raiseLimits(connections: configuration.connections * 2)
    let certificate = try configuration.certificate.map { (files) throws(ConfigurationError) in try Certificate(files) }
    let measures = Measures()
    // systemd keeps what connects to its sockets until somebody answers: without an answer a call over FastAGI waits for ever.
    let isAwaited = (configuration.agi + configuration.http).contains { $0.isInherited }
    let writer = try StoreWriter(path: configuration.path, isAwaited: isAwaited, measures: measures, log: log)
    let cluster = ClusterService(path: configuration.path, file: configuration.clusterFile, log: log)
    let reader = StoreOffice(path: configuration.path)
    let editor = StoreOffice(
      path: configuration.path, keepsForUndo: true, isAllowed: { cluster.reasonNotToEdit })
    let (reporter, watcher) = (StoreOffice(path: configuration.path), StoreOffice(path: configuration.path))
    let pages = PageRules(
      corsOrigin: configuration.corsOrigin, serverNames: configuration.serverNames, isEncrypted: certificate != nil)
    let sessions = SessionKeeper(ofStore: configuration.path)
    let doorman = Doorman(configuration, pages: pages, sessions: sessions)
    let frame = PageFrame(
      doorman: doorman, sessions: sessions, office: reader, path: configuration.path, isEncrypted: certificate != nil)
    let lookout = Lookout(watcher: watcher, reporter: reporter, path: configuration.path, measures: measures)
    do { try await Self.readChanges(reader, doorman, cluster) } catch { guard isAwaited else { throw error } }

    // One loop for FastAGI: a second one made it slower.
    let callLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let webLoops = MultiThreadedEventLoopGroup(numberOfThreads: min(4, System.coreCount))
    var listeners: [Listener] = []
    for place in configuration.agi {
      listeners.append(try await open(place) { try await callListener(on: $0, writer, cluster, measures, callLoops) })
      log.info("FastAGI on \(listeners.last?.address ?? "")")
    }
    let web = WebService(
      router(writer, cluster, (reader, editor, reporter), measures, doorman, frame, lookout), doorman: doorman,
      pages: pages, certificate: certificate, log: log)
    let limits = limits(allowed: [])
    let watches = try await Self.watches(on: webLoops)
    for place in configuration.http {
      listeners.append(
        try await open(place) {
          try await web.listener(
            on: $0, gate: { Gate(limits, way: .http, measures: measures) }, loops: webLoops, watches: watches)
        })
      log.info("HTTP\(certificate == nil ? "" : "S") on \(listeners.last?.address ?? "")")
    }

    let upkeep = Task { await keepUp(writer, reader, doorman, cluster) }
    let watch = Task { await lookout.keepCounting() }
    log.notice("ready")
    Systemd.notify("READY=1\nSTATUS=giving caller-IDs out of \(configuration.path)")
    await waitForEnd(certificate)
    Systemd.notify("STOPPING=1")
    log.notice("ending")
    upkeep.cancel()
    watch.cancel()
    frame.end()
    try await withThrowingDiscardingTaskGroup { group in
      for listener in listeners { group.addTask { try await listener.end() } }
    }
    cluster.end()
    writer.end()
    reader.end()
    editor.end()
    reporter.end()
    watcher.end()
  }

  private func open<Opened>(_ place: Listener.Place, _ body: (Listener.Place) async throws -> Opened) async throws
    -> Opened
  {
    do { return try await body(place) } catch {
      throw ConfigurationError("cannot listen on \(place): \(error)")
    }
  }

  private func callListener(
    on place: Listener.Place, _ writer: StoreWriter, _ cluster: ClusterService, _ measures: Measures,
    _ loops: any EventLoopGroup
  ) async throws -> Listener {
    // FastAGI knows no passwords: who may connect may ask.
    let limits = limits(allowed: configuration.allowed)
    let loop = loops.next()
    let desk = try await loop.submit { NIOLoopBound(CallDesk(writer, cluster, loop: loop), eventLoop: loop) }.get()
    return try await Listener(
      on: place, gate: { Gate(limits, way: .fastAGI, measures: measures) }, loops: loops,
      setUp: { channel in
        try channel.pipeline.syncOperations.addHandler(CallHandler(desk.value, measures: measures))
      })
  }

  /// One for each loop, by its identity.
  private static func watches(on loops: any EventLoopGroup) async throws -> [ObjectIdentifier: NIOLoopBound<Watch>] {
    var watches: [ObjectIdentifier: NIOLoopBound<Watch>] = [:]
    for loop in loops.makeIterator() {
      watches[ObjectIdentifier(loop)] = try await loop.submit {
        NIOLoopBound(Watch(on: loop, every: .milliseconds(250)), eventLoop: loop)
      }.get()
    }
    return watches
  }

  private func limits(allowed: [AddressRange]) -> ConnectionLimits {
    ConnectionLimits(
      allowed: allowed, total: configuration.connections, fromOneAddress: configuration.connectionsPerAddress)
  }

  private func router(
    _ writer: StoreWriter, _ cluster: ClusterService,
    _ offices: (reader: StoreOffice, editor: StoreOffice, reporter: StoreOffice),
    _ measures: Measures, _ doorman: Doorman, _ frame: PageFrame, _ lookout: Lookout
  ) -> Router<WebContext> {
    let router = Router(context: WebContext.self)
    CallRoutes(writer: writer, cluster: cluster, measures: measures, doorman: doorman).add(to: router)
    OperatorRoutes(reader: offices.reader, editor: offices.editor, doorman: doorman).add(to: router)
    AdviceRoutes(reporter: offices.reporter, doorman: doorman).add(to: router)
    ServiceRoutes(writer: writer, reader: offices.reader, measures: measures, doorman: doorman).add(to: router)
    PageRoutes(
      reader: offices.reader, lookout: lookout, advice: Advice(reporter: offices.reporter),
      frame: frame, measures: measures
    ).add(to: router)
    PageActions(editor: offices.editor, frame: frame).add(to: router)
    PageUndo(reader: offices.reader, editor: offices.editor, frame: frame).add(to: router)
    PageImport(editor: offices.editor, frame: frame).add(to: router)
    return router
  }

  /// Reads what operators have changed, and tells systemd that requests are answered, until it is cancelled.
  private func keepUp(
    _ writer: StoreWriter, _ reader: StoreOffice, _ doorman: Doorman, _ cluster: ClusterService
  ) async {
    let watchdog = Systemd.watchdogSeconds.map { $0 / 2 }
    var sinceTold = 0.0
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Self.tokenSeconds))
      try? await Self.readChanges(reader, doorman, cluster)
      sinceTold += Double(Self.tokenSeconds)
      guard let watchdog, sinceTold >= watchdog else { continue }
      // A store that is locked or damaged is no reason to be started again; a writer that does not answer is one.
      _ = try? await writer.ask(until: .after(milliseconds: 1000)) { _ in }
      Systemd.notify("WATCHDOG=1")
      sinceTold = 0
    }
  }

  /// Who may ask, and whether the store is one of a cluster's.
  private static func readChanges(_ reader: StoreOffice, _ doorman: Doorman, _ cluster: ClusterService) async throws {
    let (tokens, isClustered) = try await reader.ask { store in (try store.tokens(), store.membership != nil) }
    doorman.know(tokens)
    cluster.know(isClustered: isClustered)
  }

  private func waitForEnd(_ certificate: Certificate?) async {
    for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
      guard signal == .sighup else { return }
      do throws(ConfigurationError) {
        try certificate?.read()
        log.notice(
          "SIGHUP: \(certificate == nil ? "there is no certificate to read" : "the certificate was read again")")
      } catch {
        log.error("SIGHUP: \(error). The one that was read before stays")
      }
    }
  }

  /// Allows so many open files as connections need, as far as the process may.
  private static func raiseLimits(connections: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, rlim_t(connections + 256)))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // A client that has gone away, and a file that may not grow, are errors of those writes.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }
}
