import ArgumentParser
import Output

/// `--json` and `--csv`, for commands that print rows.
struct RowFormat: ParsableArguments {
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("Choose one of --json and --csv.") }
  }
}

/// `--json`, for commands that print one object.
struct ObjectFormat: ParsableArguments {
  @Flag(help: "Print JSON.") var json = false
}

extension Report {
  /// Prints the rows in the format that was asked for, and as a table where none was.
  func print(as format: RowFormat) {
    if format.json {
      Terminal.print(jsonLines)
    } else if format.csv {
      Terminal.print(csvLines)
    } else {
      Terminal.print(table.lines)
    }
  }
}
