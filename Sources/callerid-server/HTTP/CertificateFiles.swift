import Foundation
import NIOSSL
import Synchronization

/// Where the server's certificate and its key lie.
struct CertificateFiles: Sendable {
  let certificate: String
  let key: String

  /// - Throws: what is wrong with them.
  func context() throws(ConfigurationError) -> NIOSSLContext {
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate)
      guard !chain.isEmpty else { throw ConfigurationError("\(certificate) holds no certificate") }
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      return try NIOSSLContext(configuration: configuration)
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw ConfigurationError("the certificate \(certificate) with the key \(key) cannot be used: \(error)")
    }
  }
}

/// The certificate that new connections get. It can be exchanged while the server runs.
final class Certificate: Sendable {
  private let files: CertificateFiles
  private let current: Mutex<NIOSSLContext>

  init(_ files: CertificateFiles) throws(ConfigurationError) {
    self.files = files
    current = Mutex(try files.context())
  }

  var context: NIOSSLContext { current.withLock { $0 } }

  /// Reads the files again. Where they cannot be used, the certificate stays.
  func read() throws(ConfigurationError) {
    let context = try files.context()
    current.withLock { $0 = context }
  }
}
