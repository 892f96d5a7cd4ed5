/// The version of both programs, which are built and installed together.
package enum Version {
  package static let text: StaticString = "0.1.0"
}
