import Access
import Hummingbird
import NIOCore
import Rotation

/// What is known of a request besides itself.
struct WebContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Of the machine that has connected.
  let peer: String
  /// Of whoever asks: the peer's, or what a trusted proxy says.
  var address: String
  /// Whether a proxy that is trusted says that it was asked with TLS.
  var isEncrypted = false
  var token: Token?
  /// Of somebody who has logged in at the page; nil: the request brings its token itself.
  var session: SessionKey.Session?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    // A client that has gone already has none, and is nobody.
    let remote = source.channel.remoteAddress
    peer = if case .unixDomainSocket? = remote { "127.0.0.1" } else { remote?.ipAddress ?? "" }
    address = peer
  }

  /// Who is named in the audit.
  var author: Author { token.flatMap { CallerText("token \($0.name)") }.map(Author.named) ?? .user }
}
