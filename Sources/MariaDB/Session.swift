internal import CMariaDB
internal import Glibc

/// What happens between the first byte to a server and the first statement of ours.
enum Session {
  /// What holds for each session. Locks are waited for a second at most, so that a call or a loop never hangs; definitions
  /// of tables two. A transaction whose client was cut off ends after ten seconds, and not after hours with its locks kept.
  /// READ COMMITTED locks the rows that are changed, and not the gaps beside them.
  private static let settings = [
    """
    SET SESSION sql_mode = \
    'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION', \
    time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = 1, lock_wait_timeout = 2, \
    idle_transaction_timeout = 10
    """,
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  ]

  /// It also ignores SIGPIPE for the whole process: under TLS a server that has gone would otherwise end us.
  private static let library: Int32 = mysql_server_init(0, nil, nil)

  /// Connects to one host, and sees whether it can be used.
  static func open(
    _ host: ConnectionOptions.Host, _ options: ConnectionOptions, waitsForCommits: Bool
  ) throws(EngineError) -> (handle: UnsafeMutablePointer<MYSQL>, isGalera: Bool) {
    if Deadline.isOver { throw EngineError.late(nil) }
    guard library == 0, let handle = mysql_init(nil) else {
      throw EngineError(code: Int(CR_OUT_OF_MEMORY), message: "libmariadb cannot be set up")
    }
    do throws(EngineError) {
      try connect(handle, host, options)
      // A program that this process starts is not to inherit the session.
      _ = fcntl(mysql_get_socket(handle), F_SETFD, FD_CLOEXEC)
      Deadline.stopBlocking(mysql_get_socket(handle))
      let isGalera = try usable(handle)
      for setting in settings { try ask(setting, handle) }
      if isGalera, waitsForCommits { try ask("SET SESSION wsrep_sync_wait = 15", handle) }
      return (handle, isGalera)
    } catch {
      mysql_close(handle)
      throw error
    }
  }

  private static func connect(
    _ handle: UnsafeMutablePointer<MYSQL>, _ host: ConnectionOptions.Host, _ options: ConnectionOptions
  ) throws(EngineError) {
    for (option, seconds) in [
      (MYSQL_OPT_CONNECT_TIMEOUT, options.connectTimeout), (MYSQL_OPT_READ_TIMEOUT, options.readTimeout),
      (MYSQL_OPT_WRITE_TIMEOUT, options.writeTimeout),
    ] {
      var seconds = UInt32(clamping: max(1, min(seconds, 999)))
      mysql_options(handle, option, &seconds)
    }
    Deadline.watch(handle)
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    // A server could otherwise ask for any file of this machine (LOAD DATA LOCAL), or for the password in clear text.
    var no: UInt32 = 0
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &no)
    mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, "mysql_native_password")
    var isEncrypted: my_bool = 0
    var `protocol` = MYSQL_PROTOCOL_TCP.rawValue
    if case .socket = host {
      `protocol` = MYSQL_PROTOCOL_SOCKET.rawValue
    } else if let path = options.certificateAuthority {
      mysql_options(handle, MYSQL_OPT_SSL_CA, path)
      isEncrypted = 1
    }
    mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &isEncrypted)
    mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &isEncrypted)
    mysql_options(handle, MYSQL_OPT_PROTOCOL, &`protocol`)
    let flags = UInt(CLIENT_FOUND_ROWS)
    let connected =
      switch host {
      case .tcp(let name, let port):
        mysql_real_connect(
          handle, name, options.user, options.password, options.database, UInt32(clamping: port), nil, flags)
      case .socket(let path):
        // Older libraries copy it without looking at its length, newer ones say something else.
        path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
          ? mysql_real_connect(handle, nil, options.user, options.password, options.database, 0, path, flags) : nil
      }
    guard connected == nil else { return }
    guard mysql_errno(handle) != 0 else {
      throw EngineError(code: Int(CR_CONNECTION_ERROR), message: "the path of the socket is too long")
    }
    throw EngineError(on: handle)
  }

  /// Sees to it that the server takes writes, and that a Galera node is with the others.
  private static func usable(_ handle: UnsafeMutablePointer<MYSQL>) throws(EngineError) -> Bool {
    let variables = try ask("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'wsrep_on')", handle)
    if variables["read_only"] == "ON" {
      throw EngineError(code: 1290, message: "the server takes no writes (read_only is ON)")
    }
    guard variables["wsrep_on"] == "ON" else { return false }
    guard try ask("SHOW GLOBAL STATUS LIKE 'wsrep_ready'", handle)["wsrep_ready"] == "ON" else {
      throw EngineError(code: 1047, sqlState: "08S01", message: "the node is not with its cluster (wsrep_ready is OFF)")
    }
    return true
  }

  /// Sends a statement of ours, and takes the names and values that it answers with.
  @discardableResult
  private static func ask(
    _ sql: String, _ handle: UnsafeMutablePointer<MYSQL>
  ) throws(EngineError) -> [String: String] {
    guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw EngineError(on: handle, sql: sql) }
    guard let result = mysql_store_result(handle) else {
      guard mysql_errno(handle) == 0 else { throw EngineError(on: handle, sql: sql) }
      return [:]
    }
    defer { mysql_free_result(result) }
    var values: [String: String] = [:]
    while let row = mysql_fetch_row(result) {
      if let name = row[0], let value = row[1] { values[String(cString: name)] = String(cString: value) }
    }
    return values
  }
}
