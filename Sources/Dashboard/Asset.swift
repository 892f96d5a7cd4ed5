/// What the page loads besides itself: all of it is in the program.
package enum Asset: String, CaseIterable, Sendable {
  case style = "page.css"
  case script = "page.js"
  case icon = "icon.svg"

  package var type: String {
    switch self {
    case .style: "text/css; charset=utf-8"
    case .script: "text/javascript; charset=utf-8"
    case .icon: "image/svg+xml"
    }
  }

  package var bytes: [UInt8] {
    switch self {
    case .style: PackageResources.page_css
    case .script: PackageResources.page_js
    case .icon: PackageResources.icon_svg
    }
  }

  /// Changes with any of them: it is part of their addresses, so that a browser may keep them.
  package static let revision: String = {
    // FNV-1a: it tells versions apart, and protects nothing.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in allCases.flatMap(\.bytes) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 36)
  }()
}
