import MariaDB
import TestSupport

extension ConnectionOptions {
  /// The account of `node`, at each of these ports in turn.
  init(_ ports: Int...) {
    self.init(
      hosts: ports.map { Host(name: "127.0.0.1", port: $0) }, user: EngineNode.user, password: EngineNode.password,
      database: EngineNode.database)
  }
}

/// What `body` throws; nil where it throws nothing, or something else.
func failure<Result>(_ body: () throws -> Result) -> EngineError? {
  do {
    _ = try body()
    return nil
  } catch { return error as? EngineError }
}
