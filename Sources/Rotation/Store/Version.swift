/// Of both programs, which are made and installed together.
package enum Version {
  package static let text: StaticString = "0.1.0"
}
