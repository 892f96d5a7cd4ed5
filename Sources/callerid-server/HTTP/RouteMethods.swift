/// Which methods each path is asked with, for those who ask with another one.
struct RouteMethods: Sendable {
  private let routes: [(path: [Substring], method: String)]

  /// - Parameter routes: paths as the router has them: a part in braces stands for any.
  init(_ routes: [(path: String, method: String)]) { self.routes = routes.map { (Self.parts($0.path), $0.method) } }

  /// Nothing for a path that there is not.
  func of(_ path: String) -> [String] {
    let path = Self.parts(path)
    return routes.filter { route in
      route.path.count == path.count && zip(route.path, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }.map(\.method)
  }

  private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
}
