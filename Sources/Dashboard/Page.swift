package import Output
package import Rotation

/// A view of the page: what its template shows, as texts.
package protocol View: Sendable {
  /// The name of its template.
  static var template: String { get }
  var title: String { get }
  /// The part of the page that it belongs to, which the menu marks.
  static var place: Place { get }
  /// The parts of it that change by themselves; none: it stays as it is.
  var parts: [Part] { get }
  /// Seconds after which it is worth loading again; nil: it stays as it is.
  var refresh: Int? { get }
}

extension View {
  package var parts: [Part] { [] }
  package var refresh: Int? { nil }
}

/// A part of a view that is sent again when it has changed.
package struct Part: Sendable {
  /// The ID of its element, and the name of its template.
  package let id: String
  let content: any Sendable

  package var html: String {
    get throws { try Templates.all.get().text(id, content) }
  }
}

/// Where the menu leads.
package enum Place: String, CaseIterable, Sendable {
  case overview, supply, burnt, calls, numbers, campaigns, audit

  package var path: String { self == .overview ? "/dashboard" : "/dashboard/\(rawValue)" }

  var label: String {
    switch self {
    case .overview: "Overview"
    case .supply: "Supply"
    case .burnt: "Burnt numbers"
    case .calls: "Calls"
    case .numbers: "Numbers"
    case .campaigns: "Campaigns"
    case .audit: "Audit"
    }
  }
}

/// Who looks, and at what.
package struct Viewer: Sendable {
  /// The name of the token that was used to log in.
  package let name: String
  package let mayWrite: Bool
  /// What each form sends back, so that no other page can send it.
  package let formToken: String

  package init(name: String, mayWrite: Bool, formToken: String) {
    self.name = name
    self.mayWrite = mayWrite
    self.formToken = formToken
  }
}

/// What stands around each view.
package struct Surroundings: Sendable {
  package let viewer: Viewer?
  package let store: String
  /// The store's time zone, by name.
  package let zone: String
  package let version: String
  /// What was just done, or why it was not.
  package let notice: Notice?

  package init(viewer: Viewer?, store: String, zone: String, version: String, notice: Notice?) {
    self.viewer = viewer
    self.store = store
    self.zone = zone
    self.version = version
    self.notice = notice
  }
}

package struct Notice: Sendable {
  let pieces: [Piece]
  package let isError: Bool
  /// What takes it back: a form's address and its fields; nil where nothing does.
  package var undo: Undo?

  package struct Undo: Sendable {
    let address: String
    let fields: [Field]

    package init(address: String, fields: [(name: String, value: String)]) {
      self.address = address
      self.fields = fields.map { Field(name: $0.name, value: $0.value) }
    }
  }

  struct Field: Sendable {
    let name: String
    let value: String
  }

  package init(_ text: String, isError: Bool = false, undo: Undo? = nil) {
    pieces = [Piece(text: text)]
    self.isError = isError
    self.undo = undo
  }

  package init(_ sentence: Sentence, in calendar: Rotation.Calendar, undo: Undo? = nil) {
    pieces = sentence.pieces(in: calendar)
    isError = false
    self.undo = undo
  }
}

/// A whole page as HTML.
package struct Page {
  package let html: String

  package init(_ view: some View, _ surroundings: Surroundings) throws {
    html = try Templates.all.get().text(type(of: view).template, Content(view, surroundings))
  }

  /// What the templates name. A view's own properties are `view.…`.
  private struct Content {
    let title: String
    let menu: [Entry]
    let view: any View
    let viewer: Viewer?
    let mayWrite: Bool
    let formToken: String
    let store: String
    let zone: String
    let version: String
    let notice: Notice?
    let isLive: Bool
    let refresh: Int?
    let assets: String

    init(_ view: some View, _ surroundings: Surroundings) {
      title = view.title
      menu = Place.allCases.map { Entry(label: $0.label, path: $0.path, isCurrent: $0 == type(of: view).place) }
      self.view = view
      viewer = surroundings.viewer
      mayWrite = viewer?.mayWrite ?? false
      formToken = viewer?.formToken ?? ""
      store = surroundings.store
      zone = surroundings.zone
      version = surroundings.version
      notice = surroundings.notice
      isLive = !view.parts.isEmpty
      refresh = view.refresh
      assets = Asset.revision
    }
  }

  private struct Entry {
    let label: String
    let path: String
    let isCurrent: Bool
  }
}
