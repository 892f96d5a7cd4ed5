/// The description of the HTTP interface.
enum OpenAPI {
  static let text = "{}"
}
