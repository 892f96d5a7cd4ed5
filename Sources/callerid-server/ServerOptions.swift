import ArgumentParser
import Cluster
import Foundation
import Logging

/// The options, as they are given on the command line.
struct ServerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The store.", valueName: "path")) var db: String?
  @Option(
    help: ArgumentHelp(
      "Where FastAGI is listened for, again for each address. (default: 127.0.0.1:4573)", valueName: "address:port"))
  var agi: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where HTTP is listened for, again for each address. (default: 127.0.0.1:8000)", valueName: "address:port"))
  var http: [String] = []
  @Flag(help: "Do without FastAGI.") var noAgi = false
  @Flag(help: "Do without HTTP.") var noHttp = false
  @Option(help: ArgumentHelp("The certificate for HTTPS, with those that it is signed by, in PEM.", valueName: "file"))
  var tlsCertificate: String?
  @Option(help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file")) var tlsKey: String?
  @Option(
    help: ArgumentHelp("Who may connect besides this machine, again for each block of addresses.", valueName: "cidr"))
  var allow: [String] = []
  @Option(
    help: ArgumentHelp(
      "The file that says where the cluster's engine is. (default: /etc/callerid/cluster.conf, where the store is one of a cluster's)",
      valueName: "file"))
  var cluster: String?
  @Flag(help: "Ask for a token where caller-IDs are asked for over HTTP and released, too.") var pickToken = false
  @Option(
    help: ArgumentHelp("A proxy whose X-Forwarded-For counts, again for each block of addresses.", valueName: "cidr"))
  var trustedProxy: [String] = []
  @Option(help: ArgumentHelp("Pages of this origin may read the answers.", valueName: "origin")) var cors: String?
  @Option(
    help: ArgumentHelp(
      "A name in the DNS under which HTTP without a certificate is asked for, again for each name. Addresses and names without a dot need none.",
      valueName: "name"))
  var serverName: [String] = []
  @Option(help: ArgumentHelp("Connections that may be open at once, of FastAGI and of HTTP each.", valueName: "count"))
  var connections = 4096
  @Option(help: ArgumentHelp("Connections of one address that may be open at once.", valueName: "count"))
  var connectionsPerAddress = 1024
  @Option(help: ArgumentHelp("HTTP requests a second that one address or token may make.", valueName: "count"))
  var rate = 10_000
  @Option(help: ArgumentHelp("The form of the log: text or json.", valueName: "form")) var logFormat: String?
  @Option(
    help: ArgumentHelp(
      "What is logged: debug (with phone numbers), info, notice, warning or error.", valueName: "level"))
  var logLevel: String?
}

/// How the server is to run: options and environment, checked.
struct Configuration: Sendable {
  let path: String
  let agi: [Listener.Place]
  let http: [Listener.Place]
  let certificate: CertificateFiles?
  /// Who may ask, this machine among them; empty: no list was given.
  let allowed: [AddressRange]
  /// Where the file of the cluster is, which is read if the store is one of a cluster's.
  let clusterFile: String
  let asksPickToken: Bool
  let trustedProxies: [AddressRange]
  let corsOrigin: String?
  let serverNames: [String]
  let connections: Int
  let connectionsPerAddress: Int
  let rate: Int
  let logForm: LineLog.Form
  let logLevel: Logger.Level
  /// Whether HTTP or FastAGI can be reached from other machines.
  let isOpen: (agi: Bool, http: Bool)

  /// - Throws: what is wrong, and what to do.
  init(_ options: ServerOptions, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    func text(_ given: String?, _ name: String) -> String? {
      given ?? environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    func list(_ given: [String], _ name: String) -> [String] {
      given.isEmpty ? (environment[name] ?? "").split(whereSeparator: { " ,".contains($0) }).map(String.init) : given
    }
    func flag(_ given: Bool, _ name: String) -> Bool {
      given || ["1", "yes", "true"].contains(environment[name] ?? "")
    }
    func ranges(_ given: [String], _ name: String, _ option: String) throws(ConfigurationError) -> [AddressRange] {
      try list(given, name).map { (text) throws(ConfigurationError) in
        guard let range = AddressRange(text) else {
          throw ConfigurationError("\(option) \(text) is no block of addresses such as 10.0.0.0/8")
        }
        return range
      }
    }
    path = text(options.db, "CALLERID_DB") ?? "/var/lib/callerid/callerid.db"
    let others = try ranges(options.allow, "CALLERID_ALLOW", "--allow")
    allowed = others.isEmpty ? [] : AddressRange.loopback + others
    trustedProxies = try ranges(options.trustedProxy, "CALLERID_TRUSTED_PROXY", "--trusted-proxy")
    clusterFile = text(options.cluster, "CALLERID_CLUSTER") ?? ClusterFile.usualPath
    asksPickToken = flag(options.pickToken, "CALLERID_PICK_TOKEN")
    corsOrigin = text(options.cors, "CALLERID_CORS")
    serverNames = list(options.serverName, "CALLERID_SERVER_NAME")
    connections = options.connections
    connectionsPerAddress = options.connectionsPerAddress
    rate = options.rate
    guard connections > 0, connectionsPerAddress > 0, rate > 0 else {
      throw ConfigurationError("--connections, --connections-per-address and --rate are 1 or more")
    }

    let inherited = Systemd.inheritedSockets()
    func places(_ given: [String], _ name: String, _ socket: String, _ usual: String, isOff: Bool) throws -> [Listener
      .Place]
    {
      if isOff { return [] }
      let sockets = inherited.filter { $0.name == socket }
      if !sockets.isEmpty { return sockets.map { .inherited($0.descriptor) } }
      let addresses = list(given, name)
      return try (addresses.isEmpty ? [usual] : addresses).map { .address(try ListenAddress($0)) }
    }
    agi = try places(
      options.agi, "CALLERID_AGI", "agi", "127.0.0.1:4573", isOff: flag(options.noAgi, "CALLERID_NO_AGI"))
    http = try places(
      options.http, "CALLERID_HTTP", "http", "127.0.0.1:8000", isOff: flag(options.noHttp, "CALLERID_NO_HTTP"))
    guard !agi.isEmpty || !http.isEmpty else {
      throw ConfigurationError("with --no-agi and --no-http there is nothing to do")
    }
    isOpen = (agi.contains { !$0.isLoopback }, http.contains { !$0.isLoopback })
    guard !isOpen.agi || !allowed.isEmpty else {
      throw ConfigurationError(
        "FastAGI has no passwords: say with --allow which addresses may use it, such as --allow 192.168.1.0/24")
    }
    guard !isOpen.http || !allowed.isEmpty || asksPickToken else {
      throw ConfigurationError(
        "HTTP can be reached by other machines: say with --allow which may use it, or ask each for a token with --pick-token"
      )
    }

    let certificateFile = text(options.tlsCertificate, "CALLERID_TLS_CERTIFICATE")
    let keyFile = text(options.tlsKey, "CALLERID_TLS_KEY")
    switch (certificateFile, keyFile) {
    case (nil, nil): certificate = nil
    case (let file?, let key?): certificate = CertificateFiles(certificate: file, key: key)
    default: throw ConfigurationError("--tls-certificate and --tls-key go together")
    }

    let form = text(options.logFormat, "CALLERID_LOG_FORMAT") ?? "text"
    guard let logForm = LineLog.Form(rawValue: form) else {
      throw ConfigurationError("--log-format is text or json, not \(form)")
    }
    self.logForm = logForm
    let level = text(options.logLevel, "CALLERID_LOG_LEVEL") ?? "info"
    guard let logLevel = Logger.Level(rawValue: level) else {
      throw ConfigurationError("--log-level is debug, info, notice, warning or error; not \(level)")
    }
    self.logLevel = logLevel
  }
}
