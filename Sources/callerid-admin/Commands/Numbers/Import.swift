import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Import: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add and change numbers from a CSV or JSON file.",
    discussion: """
      The first row names the columns, in any order. There must be a column caller_id. The others are optional: \
      carrier, area_code, daily_limit, hourly_limit, name, pool, state, max_concurrent, attestation, authorized_by, \
      verified_at, callback and country. Columns are separated by commas, semicolons, tabs or |. JSON, NDJSON and a list \
      with a number a line are read too. New numbers are added, and numbers that differ are changed. Numbers that are \
      not in the file stay as they are. Calls go on during the import.

      The bulk lines, API lines and caller-ID table of VICIdial, FreePBX's bulk files and the lists of Twilio, Telnyx, \
      Bandwidth and others are recognised. For any other file, --map says what a column contains. Give the column's \
      name, or its number counted from 1:
        callerid-admin import numbers.csv --map msisdn=caller_id --map 3=name --map notes=ignore

      A column such as status tells which numbers are in use. The others come in disabled, and the report says by which \
      words. A word that is not known is asked about; without a terminal, the file is refused and names the words:
        callerid-admin import carrier.csv --map msisdn=caller_id --enabled-word billable --disabled-word dormant

      Rows that cannot be used are reported with their line and the reason, and the other rows are imported. A file \
      that cannot be read as CSV, or has an unknown column, is refused as a whole.
        callerid-admin import numbers.csv --dry-run
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @Option(
    help: ArgumentHelp(
      "What a column contains. The column is given by its name, or by its number counted from 1.",
      valueName: "column=field"))
  var map: [ColumnMap] = []
  @Option(help: ArgumentHelp("A word of the file for numbers that are in use.", valueName: "word"))
  var enabledWord: [String] = []
  @Option(help: ArgumentHelp("A word of the file for numbers that are not in use.", valueName: "word"))
  var disabledWord: [String] = []
  @OptionGroup var codes: NewCodes
  @Flag(help: "Show what would be done, but change nothing.") var dryRun = false
  @Flag(help: "Change nothing if any row cannot be used.") var strict = false
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let (numbers, stage) = try read(for: store, StatusWords(enabled: enabledWord, disabled: disabledWord))
    defer { Terminal.endProgress() }
    if strict, !stage.rejected.isEmpty {
      var report = ImportReport()
      report.rejected = stage.rejected
      try print(report, unit: numbers.unit)
    } else {
      // From here on the command stops only between batches, so that it can say how far it got.
      Interruption.prepare()
      try print(importNumbers(stage, named: numbers.name, in: store), unit: numbers.unit)
    }
  }

  /// Reads and checks the file, and asks for the words in it that nobody knows.
  private func read(for store: Store, _ words: StatusWords) throws -> (NumberFile, ImportStage) {
    var numbers = try NumberFile(
      reading: file, countryCode: store.settings.countryCode, codes: codes.codes, maps: map, words: words)
    defer { Terminal.endProgress() }
    let stage = try numbers.stage(for: store) { Terminal.progress("\($0) rows read") }
    Terminal.endProgress()
    if let note = numbers.note { Terminal.note(note) }
    guard !numbers.unknownWords.isEmpty else { return (numbers, stage) }
    guard file != "-", Terminal.isInteractive else {
      throw numbers.refusalOfWords(command: "import " + ShellText.quoted(file))
    }
    var (enabled, disabled) = (enabledWord, disabledWord)
    for word in numbers.unknownWords {
      let question =
        "\(word.column) is \"\(word.text)\" in \(word.rows.counting("row")). Are these numbers in use? (yes/no)"
      guard let isInUse = Terminal.ask(question) else {
        throw numbers.refusalOfWords(command: "import " + ShellText.quoted(file))
      }
      if isInUse { enabled.append(word.text) } else { disabled.append(word.text) }
    }
    return try read(for: store, StatusWords(enabled: enabled, disabled: disabled))
  }

  private func importNumbers(_ stage: ImportStage, named name: String, in store: Store) throws -> ImportReport {
    var count = 0
    do {
      let report = try store.importNumbers(stage, as: "import \(name)", dryRun: dryRun) { done in
        count = done
        Terminal.progress("\(done) of \(stage.count) numbers")
        if Interruption.isRequested, done < stage.count { throw StoreError(.failed, "stopped") }
      }
      if !dryRun, report.added + report.updated > 0 { try store.note("import \(name): \(report.summary)") }
      return report
    } catch {
      // The batches before the failure stay in the store, so the audit must mention them.
      if !dryRun, count > 0 { _ = try? store.note("import \(name): \(error.message)") }
      throw error
    }
  }

  private func print(_ report: ImportReport, unit: String) throws {
    Terminal.endProgress()
    for line in report.rejected.lines(unit: unit) { Terminal.note(line) }
    let taken = report.added + report.updated + report.unchanged
    if format.json {
      Terminal.print(JSON(report))
    } else if taken > 0 {
      Terminal.print((dryRun ? "Would be: " : "") + report.summary)
      Terminal.print(report.details)
    }
    guard !report.rejected.isEmpty else { return }
    guard taken > 0 else { throw StoreError(.refused, report.rejected.summary, hint: "Nothing was changed") }
    Terminal.note("\(report.rejected.summary), \(taken) " + (dryRun ? "would be imported" : "imported"))
  }
}
