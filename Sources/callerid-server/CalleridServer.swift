import ArgumentParser
import Foundation
import Logging
import Rotation

/// The program: reads how it is to run, and runs the server until a signal ends it.
@main
struct CalleridServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "callerid-server",
    abstract: "Give caller-IDs over FastAGI and HTTP, out of the store that callerid-agi uses.",
    discussion: """
      In the dialplan: AGI(agi://127.0.0.1/callerid,CAMPAIGN,AGENT,option=value...)
      Over HTTP:       curl 'http://127.0.0.1:8000/next-cid?to=12145551212&campaign=SALES'

      Each option can be given in the environment as well: CALLERID_DB, CALLERID_AGI, CALLERID_HTTP and so on, with \
      spaces between several values. SIGTERM ends it after what is in flight is answered; SIGHUP reads the certificate \
      again.
      """,
    version: Version.text.description)

  @OptionGroup var options: ServerOptions

  @Flag(help: "Look at the options, the store, the certificate and the addresses, tell, and end.")
  var check = false

  func run() async throws {
    let configuration: Configuration
    do {
      configuration = try Configuration(options)
      // Under another user than the store's owner root would do what that one has prepared.
      try StoreUser.become(ownerOf: configuration.path)
    } catch {
      fail("\(error)", code: error is ConfigurationError ? .validationFailure : .failure)
    }
    Store.useThreads()
    LoggingSystem.bootstrap { _ in LineLog(form: configuration.logForm, logLevel: configuration.logLevel) }
    let server = Server(configuration, log: Logger(label: "callerid-server"))
    do {
      if check { try await server.check() } else { try await server.run() }
    } catch {
      fail("\(error)")
    }
  }

  /// systemd does not start again what was called wrongly (`EX_USAGE` of sysexits.h).
  private func fail(_ message: String, code: ExitCode = .failure) -> Never {
    FileHandle.standardError.write(Data("callerid-server: \(message)\n".utf8))
    Self.exit(withError: code)
  }
}
