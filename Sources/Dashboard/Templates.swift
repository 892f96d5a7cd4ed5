import Mustache

/// The templates of the page, read once. What they are given is escaped, each for its place in HTML.
struct Templates: Sendable {
  private let library: MustacheLibrary

  static let all: Result<Templates, any Error> = Result { try Templates() }

  private init() throws {
    MustacheContentTypes.register(EscapedText(), named: "PAGE")
    var library = MustacheLibrary()
    for (name, text) in Self.texts {
      // Without it a text is escaped by characters, which takes a quote with a combining accent for none.
      try library.register("{{% CONTENT_TYPE:PAGE}}" + String(decoding: text, as: UTF8.self), named: name)
    }
    self.library = library
  }

  /// - Parameter content: a value whose properties the template names.
  func text(_ name: String, _ content: Any) throws -> String {
    guard let text = library.render(content, withTemplate: name) else { throw Missing(name: name) }
    return text
  }

  private struct Missing: Error {
    let name: String
  }

  private static var texts: [(name: String, text: [UInt8])] {
    [
      ("add", PackageResources.add_mustache),
      ("audit", PackageResources.audit_mustache),
      ("burnt", PackageResources.burnt_mustache),
      ("call", PackageResources.call_mustache),
      ("calls", PackageResources.calls_mustache),
      ("campaign", PackageResources.campaign_mustache),
      ("campaigns", PackageResources.campaigns_mustache),
      ("failure", PackageResources.failure_mustache),
      ("field", PackageResources.field_mustache),
      ("figures", PackageResources.figures_mustache),
      ("findings", PackageResources.findings_mustache),
      ("hour", PackageResources.hour_mustache),
      ("import", PackageResources.import_mustache),
      ("layout", PackageResources.layout_mustache),
      ("login", PackageResources.login_mustache),
      ("number", PackageResources.number_mustache),
      ("numbers", PackageResources.numbers_mustache),
      ("overview", PackageResources.overview_mustache),
      ("pieces", PackageResources.pieces_mustache),
      ("pools", PackageResources.pools_mustache),
      ("refusals", PackageResources.refusals_mustache),
      ("requests", PackageResources.requests_mustache),
      ("supply", PackageResources.supply_mustache),
      ("time", PackageResources.time_mustache),
      ("undo", PackageResources.undo_mustache),
    ]
  }
}

/// Text in HTML, between tags or in an attribute within quotes. By Unicode scalars: a quote that a combining accent
/// follows ends an attribute all the same.
struct EscapedText: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
