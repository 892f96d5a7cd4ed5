internal import CMariaDB
internal import Glibc

/// A connection to the engine, used by one thread, which it blocks.
///
/// Where it has been lost, the statement that meets the loss throws, and the next one outside of a transaction connects
/// anew, by the list of hosts. So nothing may depend on what a session keeps: no temporary tables, no user locks.
///
/// Parameters are the only way for a value into a statement. Where the text of one is put together, it is of literals of
/// this project's source (a list of `?`, say).
package final class Connection {
  package typealias Host = ConnectionOptions.Host

  package let options: ConnectionOptions
  /// The server in use, or the last one that was.
  package private(set) var host: Host
  /// The server's version, such as 101118 for 10.11.18.
  package private(set) var serverVersion = 0
  /// Whether the server is a node of a Galera cluster.
  package private(set) var isGalera = false
  /// The AUTO_INCREMENT value of the last statement that was run with `run`; 0 where it made none.
  package internal(set) var lastInsertedID = 0

  private var handle: UnsafeMutablePointer<MYSQL>?
  private struct StatementKey: Hashable {
    let sql: String
    /// One that runs for many rows cannot go back to a single one.
    let isForMany: Bool
  }
  private var statements: [StatementKey: PreparedStatement] = [:]
  /// More are not kept: a server has a limit for all its clients.
  private static let mostStatements = 200
  private var isClosed = false
  /// How deep in blocks whose reads wait for all commits.
  private var waitsForCommits = 0

  var isOpen: Bool { handle != nil }
  var isInTransaction = false
  /// What has ended the transaction under way, while its body goes on.
  var failure: EngineError?

  /// Connects.
  ///
  /// - Throws: where no host will do, the failure that says most: that the account is refused, say, rather than that a
  ///   host is silent. Its message has all.
  package init(_ options: ConnectionOptions) throws(EngineError) {
    guard let first = options.hosts.first else {
      throw EngineError(code: Int(CR_CONN_HOST_ERROR), message: "no host is given")
    }
    self.options = options
    host = first
    _ = try opened()
  }

  deinit { close() }

  /// Ends the session. Nothing can be asked afterwards.
  package func close() {
    isClosed = true
    abandon()
  }

  /// Whether the server still answers; connects anew where the connection has been lost.
  package func ping() throws(EngineError) {
    try use(sql: nil) { (handle) throws(EngineError) in
      guard mysql_ping(handle) == 0 else { throw EngineError(on: handle) }
    }
  }

  /// Runs `body` so that its reads see all that was committed on any node before them, which takes some 0.25 ms each
  /// (https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait). On a single server they do anyway.
  package func upToDate<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    waitsForCommits += 1
    defer {
      waitsForCommits -= 1
      if waitsForCommits == 0, handle != nil, isGalera { try? execute("SET SESSION wsrep_sync_wait = 0") }
    }
    if waitsForCommits == 1, handle != nil, isGalera { try execute("SET SESSION wsrep_sync_wait = 15") }
    return try body(self)
  }

  // MARK: For statements

  /// Runs `body` on a connection, and sees to what its failure means for the connection and the transaction.
  func use<Result>(
    sql: String?, _ body: (UnsafeMutablePointer<MYSQL>) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    if let failure { throw failure }
    do throws(EngineError) {
      if Deadline.isOver { throw EngineError.late(sql) }
      return try body(try opened())
    } catch {
      if error.isConnectionLost { abandon() }
      // The server has undone all of the transaction, or is to do so. What its body does next must not stand alone.
      if isInTransaction, error.isConnectionLost || error.isConflict || error.isDeadline { failure = error }
      throw error
    }
  }

  /// A statement that is not in use, parsed now or before.
  func prepared(
    _ sql: String, isForMany: Bool = false, on handle: UnsafeMutablePointer<MYSQL>
  ) throws(EngineError) -> PreparedStatement {
    let key = StatementKey(sql: sql, isForMany: isForMany)
    if let known = statements[key] {
      if !known.isInUse { return known }
      // One that an outer loop is still reading stays as it is.
      return try PreparedStatement(sql, on: handle)
    }
    let statement = try PreparedStatement(sql, on: handle)
    if statements.count >= Self.mostStatements { statements.removeAll() }
    statements[key] = statement
    return statement
  }

  /// Gives up the connection at once, whatever it was doing. The server then undoes what was not committed.
  func abandon() {
    guard let handle else { return }
    self.handle = nil
    // First, so that closing the statements does not tell the server of each.
    mysql_close(handle)
    statements.removeAll()
  }

  // MARK: Connecting

  private func opened() throws(EngineError) -> UnsafeMutablePointer<MYSQL> {
    if let handle { return handle }
    guard !isClosed else { throw EngineError(code: Int(CR_SERVER_GONE_ERROR), message: "the connection is closed") }
    var failures: [(host: Host, error: EngineError)] = []
    for host in options.hosts {
      do throws(EngineError) {
        let session = try Session.open(host, options, waitsForCommits: waitsForCommits > 0)
        self.host = host
        (handle, isGalera) = (session.handle, session.isGalera)
        serverVersion = Int(mysql_get_server_version(session.handle))
        return session.handle
      } catch {
        failures.append((host, error))
        if error.isDeadline { break }
      }
    }
    let telling = failures.first { !$0.error.isConnectionLost } ?? failures[0]
    var error = EngineError(
      code: telling.error.code, sqlState: telling.error.sqlState,
      message: failures.map { "\($0.host): \($0.error.message)" }.joined(separator: "; "), sql: telling.error.sql)
    error.isDeadline = failures.contains { $0.error.isDeadline }
    throw error
  }
}
