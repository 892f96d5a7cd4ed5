import ArgumentParser
import NumberFiles
import Output
import Rotation

/// `--last`, for commands that print the newest entries of a log.
struct LastOption: ParsableArguments {
  @Option(help: ArgumentHelp("The number of entries to print.", valueName: "n")) var last = 20

  func validate() throws {
    if last < 1 { throw ValidationError("--last must be 1 or more.") }
  }
}

/// `--backup-folder`.
struct BackupFolderOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the backups. (default: the folder backups beside the store)", valueName: "folder"))
  var backupFolder: String?

  func folder(ofStore path: String) -> String { backupFolder ?? Store.backupFolder(ofStore: path) }
}

// MARK: Values of options

extension ColumnMap: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] {
    (NumberFileFormat.meanings + ["ignore"]).map { "column=" + $0 }
  }
}

extension RestCondition: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension StatsGrouping: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] { words }
}

extension TimePoint: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension ForecastReport.Place: ExpressibleByArgument {}
extension Number.State: ExpressibleByArgument {}
extension Status: ExpressibleByArgument {}
extension Token.Role: ExpressibleByArgument {}
