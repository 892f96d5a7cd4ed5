import ArgumentParser
import Foundation
import Rotation

struct Import: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add and change numbers from a CSV file.",
    discussion: """
      The first row names the columns, in any order: caller_id, and any of carrier, area_code, daily_limit, hourly_limit,
      name, pool, state. Commas, semicolons, tabs and | are understood. New numbers are added, those that differ are
      changed, and numbers that are not in the file stay as they are. Calls go on meanwhile.

      VICIdial's bulk lines, API lines and caller-ID table and the lists of Twilio, Telnyx and others are recognised; what
      is not, is said by --map, with a column's name or its number:
        callerid-admin import numbers.csv --map msisdn=caller_id --map 3=name --map notes=ignore

      Rows that cannot be used are reported, and the rest goes in; a file that cannot be read right changes nothing.
        callerid-admin import numbers.csv --dry-run
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @Option(
    help: ArgumentHelp(
      "What a column holds: \(NumberFileFormat.own.joined(separator: ", ")) or ignore.", valueName: "column=field"))
  var map: [ColumnMap] = []
  @Flag(help: "Show what would be done, and do nothing.") var dryRun = false
  @Flag(help: "Change nothing if any row cannot be used.") var strict = false
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let stage: ImportStage
    do {
      stage = try read(for: store)
    } catch let error as CSVError {
      throw StoreError(.refused, "\(name), line \(error.line): \(error.reason)", hint: "Nothing was changed")
    }
    if strict, !stage.rejected.isEmpty {
      try print(ImportReport(rejecting: stage.rejected))
    } else {
      // From here on it stops between batches only, and says how far it got.
      Interruption.prepare()
      try print(importNumbers(stage, in: store))
    }
  }

  private func importNumbers(_ stage: ImportStage, in store: Store) throws -> ImportReport {
    var count = 0
    do {
      let report = try store.importNumbers(stage, dryRun: dryRun) { done in
        count = done
        Terminal.progress("\(done) of \(stage.count) numbers")
        if Interruption.isWanted, done < stage.count { throw StoreError(.failed, "stopped") }
      }
      if !dryRun, report.added + report.updated > 0 { try store.note("import \(name): \(report.summary)") }
      return report
    } catch {
      // What went in before stays.
      if !dryRun, count > 0 { try? store.note("import \(name): \(error.message)") }
      throw error
    }
  }

  private var name: String { file == "-" ? "standard input" : file }

  private func read(for store: Store) throws -> ImportStage {
    var numbers = try NumberFile(reading: file, countryCode: store.settings.countryCode, maps: map)
    if let note = numbers.format.note { Terminal.note(note) }
    let stage = try ImportStage(for: store)
    defer { Terminal.endProgress() }
    var count = 0
    while let entry = try numbers.next() {
      switch entry {
      case .row(let row): try stage.add(row)
      case .rejected(let line, let value, let reason): stage.reject(line, value, reason)
      }
      count += 1
      if count % 10_000 == 0 { Terminal.progress("\(count) rows read") }
    }
    return stage
  }

  private func print(_ report: ImportReport) throws {
    Terminal.endProgress()
    for row in report.rejected { Terminal.note("line \(row.line): \"\(row.value)\": \(row.reason)") }
    let taken = report.added + report.updated + report.unchanged
    if format.json {
      JSON(report).print()
    } else if taken > 0 {
      Terminal.print(
        (dryRun ? "Would be: " : "") + report.summary)
    }
    guard !report.rejected.isEmpty else { return }
    let rejected = "\(report.rejected.count) row" + (report.rejected.count == 1 ? "" : "s") + " rejected"
    guard taken > 0 else { throw StoreError(.refused, rejected, hint: "Nothing was changed") }
    Terminal.note(rejected + ", \(taken) " + (dryRun ? "would go in" : "went in"))
  }
}

extension ImportReport {
  fileprivate var summary: String {
    "\(added) added, \(updated) updated, \(unchanged) unchanged, \(rejected.count) rejected"
  }

  /// Of an import that was refused for the sake of these rows.
  fileprivate init(rejecting rejected: [Rejection]) {
    self.init()
    self.rejected = rejected
  }
}
