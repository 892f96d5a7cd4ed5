import ArgumentParser
import Foundation
import Rotation

struct Import: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add and change numbers from a CSV file.",
    discussion: """
      The first row names the columns, in any order: caller_id, and any of carrier, area_code, daily_limit, hourly_limit,
      name, pool. Commas, semicolons and tabs are understood. New numbers are added, those that differ are changed, and
      numbers that are not in the file stay as they are. All of it is one transaction.

      Rows that cannot be used are reported, and the rest goes in; a file that cannot be read right changes nothing.
        callerid-admin import numbers.csv --dry-run
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @Flag(help: "Show what would be done, and do nothing.") var dryRun = false
  @Flag(help: "Change nothing if any row cannot be used.") var strict = false
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    // All of the file is read before the store is locked: standard input may take its time.
    let parsed: NumberFile
    do {
      parsed = try NumberFile(reading: file, countryCode: store.settings.countryCode)
    } catch let error as CSVError {
      throw StoreError(.refused, "\(name), line \(error.line): \(error.reason)", hint: "Nothing was changed")
    }
    // If every row must be right there is a trial first, which finds all those that are not.
    var report = try run(parsed.rows, on: store, dryRun: dryRun || strict)
    report.rejected = (parsed.rejected + report.rejected).sorted { $0.line < $1.line }
    if strict, !report.rejected.isEmpty {
      report = ImportReport(rejecting: report.rejected)
    } else if strict, !dryRun {
      report = try run(parsed.rows, on: store, dryRun: false)
    }
    try print(report)
  }

  private var name: String { file == "-" ? "standard input" : file }

  private func run(_ rows: [ImportRow], on store: Store, dryRun: Bool) throws -> ImportReport {
    defer { Terminal.endProgress() }
    return try store.importNumbers(rows, dryRun: dryRun, refusingAll: strict && !dryRun) {
      Terminal.progress("\($0) of \(rows.count) rows")
    }
  }

  private func print(_ report: ImportReport) throws {
    for row in report.rejected { Terminal.note("line \(row.line): \"\(row.value)\": \(row.reason)") }
    let taken = report.added + report.updated + report.unchanged
    if format.json {
      JSON(report).print()
    } else if taken > 0 {
      Terminal.print(
        (dryRun ? "Would be: " : "")
          + "\(report.added) added, \(report.updated) updated, \(report.unchanged) unchanged, "
          + "\(report.rejected.count) rejected")
    }
    guard !report.rejected.isEmpty else { return }
    let rejected = "\(report.rejected.count) row" + (report.rejected.count == 1 ? "" : "s") + " rejected"
    guard taken > 0 else { throw StoreError(.refused, rejected, hint: "Nothing was changed") }
    Terminal.note(rejected + ", \(taken) " + (dryRun ? "would go in" : "went in"))
  }
}

extension ImportReport {
  /// Of an import that was refused for the sake of these rows.
  fileprivate init(rejecting rejected: [Rejection]) {
    self.init()
    self.rejected = rejected
  }
}
