/// The way in.
package struct Login: View {
  package static let template = "login"
  package static let place = Place.overview
  package let title = "Log in"
  /// Where it leads to afterwards.
  let target: String

  package init(target: String) { self.target = target }
}

/// What is shown where a view cannot be.
package struct Failure: View {
  package static let template = "failure"
  package static let place = Place.overview
  package let title: String
  let text: String
  /// Where it can be tried again; empty: at the same address.
  let again: String

  package init(title: String, text: String, again: String) {
    self.title = title
    self.text = text
    self.again = again
  }
}
