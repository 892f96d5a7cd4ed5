// Hummingbird answering with a constant: what no answer of the server's over HTTP can be faster than.
//
//   callerid-bench-http BODY
//
// Listens on a free port of the loopback interface, prints it, and answers GET /next-cid with BODY until it is ended.

import Glibc
import Hummingbird
import Logging

@main
struct ConstantServer {
  static func main() async throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: callerid-bench-http BODY")
      exit(2)
    }
    let body = ByteBuffer(string: CommandLine.arguments[1])
    let router = Router()
    router.get("next-cid") { _, _ in
      Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
    var log = Logger(label: "callerid-bench-http")
    log.logLevel = .error
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in
        print(channel.localAddress?.port ?? 0)
        fflush(nil)
      }, logger: log)
    try await application.runService()
  }
}
