import Glibc
import Logging
import Output
import Rotation

/// Writes lines to stderr, where systemd and a terminal take them: as text, or as an object of JSON a line. Numbers of
/// people who were called are in lines of the level `debug` only.
struct LineLog: LogHandler {
  enum Form: String, CaseIterable, Sendable { case text, json }

  let form: Form
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }.map { ($0.key, "\($0.value)") }.sorted { $0 < $1 }
    let line =
      switch form {
      case .json:
        JSON.object(
          [
            ("time", JSON(time: Int(time(nil)))), ("level", .text(event.level.rawValue)),
            ("message", .text("\(event.message)")),
          ] + values.map { ($0.0, .text($0.1)) }
        ).description
      case .text:
        "\(event.level): \(event.message)"
          + values.map { " \($0.0)=\($0.1.contains(" ") ? JSON.text($0.1).description : $0.1)" }.joined()
      }
    // One write a line: lines of several threads do not mix.
    let bytes = Array(line.unicodeScalars.map { CallerText.isUnsafe($0) ? " " : String($0) }.joined().utf8) + [10]
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
