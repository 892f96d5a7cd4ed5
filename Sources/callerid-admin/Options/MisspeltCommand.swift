import ArgumentParser
import Rotation

/// A command that there is none of. ArgumentParser names the option that was meant, but not the command.
enum MisspeltCommand {
  /// - Parameter arguments: those of the program, which could not be read.
  /// - Returns: an error that names the command that was meant; nil where it is not about the name of a command.
  static func error(in arguments: [String]) -> ValidationError? {
    var words = arguments[...]
    var command: any ParsableCommand.Type = CalleridAdmin.self
    var path: [String] = []
    while let word = words.popFirst() {
      if word == "--db" {
        _ = words.popFirst()
      } else if word == "help", path.isEmpty {
        continue
      } else if !word.hasPrefix("-") {
        let known = command.configuration.subcommands
        guard let next = known.first(where: { $0._commandName == word }) else {
          guard let meant = word.nearest(among: known.map { $0._commandName }) else { return nil }
          let whole = (path + [word]).joined(separator: " ")
          return ValidationError(
            "there is no command \"\(whole)\"; did you mean \((path + [meant]).joined(separator: " "))?")
        }
        (command, path) = (next, path + [word])
      } else if !word.hasPrefix("--db=") {
        return nil
      }
    }
    return nil
  }
}
