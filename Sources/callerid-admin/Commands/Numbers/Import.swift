import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Import: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add and change numbers from a CSV file.",
    discussion: """
      The first row names the columns, in any order. There must be a column caller_id. The others are optional: \
      carrier, area_code, daily_limit, hourly_limit, name, pool, state, max_concurrent, attestation, authorized_by, \
      verified_at and callback. Columns are separated by commas, semicolons, tabs or |. New numbers are added, and \
      numbers that differ are changed. Numbers that are not in the file stay as they are. Calls go on during the \
      import.

      The bulk lines, API lines and caller-ID table of VICIdial and the lists of Twilio, Telnyx and others are \
      recognised. For any other file, --map says what a column contains. Give the column's name, or its number counted \
      from 1:
        callerid-admin import numbers.csv --map msisdn=caller_id --map 3=name --map notes=ignore

      Rows that cannot be used are reported with their line and the reason, and the other rows are imported. A file \
      that cannot be read as CSV, or has an unknown column, is refused as a whole.
        callerid-admin import numbers.csv --dry-run
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The CSV file, or - for standard input.") var file: String
  @Option(
    help: ArgumentHelp(
      "What a column contains. The column is given by its name, or by its number counted from 1.",
      valueName: "column=field"))
  var map: [ColumnMap] = []
  @Flag(help: "Show what would be done, but change nothing.") var dryRun = false
  @Flag(help: "Change nothing if any row cannot be used.") var strict = false
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    var numbers = try NumberFile(reading: file, countryCode: store.settings.countryCode, maps: map)
    if let note = numbers.format.note { Terminal.note(note) }
    defer { Terminal.endProgress() }
    let stage = try numbers.stage(for: store) { Terminal.progress("\($0) rows read") }
    if strict, !stage.rejected.isEmpty {
      var report = ImportReport()
      report.rejected = stage.rejected
      try print(report)
    } else {
      // From here on the command stops only between batches, so that it can say how far it got.
      Interruption.prepare()
      try print(importNumbers(stage, named: numbers.name, in: store))
    }
  }

  private func importNumbers(_ stage: ImportStage, named name: String, in store: Store) throws -> ImportReport {
    var count = 0
    do {
      let report = try store.importNumbers(stage, dryRun: dryRun) { done in
        count = done
        Terminal.progress("\(done) of \(stage.count) numbers")
        if Interruption.isRequested, done < stage.count { throw StoreError(.failed, "stopped") }
      }
      if !dryRun, report.added + report.updated > 0 { try store.note("import \(name): \(report.summary)") }
      return report
    } catch {
      // The batches before the failure stay in the store, so the audit must mention them.
      if !dryRun, count > 0 { try? store.note("import \(name): \(error.message)") }
      throw error
    }
  }

  private func print(_ report: ImportReport) throws {
    Terminal.endProgress()
    for row in report.rejected { Terminal.note("line \(row.line): \"\(row.value)\": \(row.reason)") }
    let taken = report.added + report.updated + report.unchanged
    if format.json {
      Terminal.print(JSON(report))
    } else if taken > 0 {
      Terminal.print((dryRun ? "Would be: " : "") + report.summary)
    }
    guard !report.rejected.isEmpty else { return }
    guard taken > 0 else { throw StoreError(.refused, report.rejected.summary, hint: "Nothing was changed") }
    Terminal.note("\(report.rejected.summary), \(taken) " + (dryRun ? "would be imported" : "imported"))
  }
}
