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
      throw StoreError(.refused, "\(file), line \(error.line): \(error.reason)", hint: "Nothing was changed")
    }
    if strict, !parsed.rejected.isEmpty {
      report(parsed.rejected)
      throw StoreError(.refused, "\(parsed.rejected.count) rows cannot be used", hint: "Nothing was changed")
    }
    var report = try store.importNumbers(parsed.rows, dryRun: dryRun, refusingAll: strict) { done in
      Terminal.progress("\(done) of \(parsed.rows.count) rows")
    }
    Terminal.endProgress()
    report.rejected = (parsed.rejected + report.rejected).sorted { $0.line < $1.line }

    if format.json {
      try JSON.print(ImportObject(report))
    } else {
      self.report(report.rejected)
      Terminal.print(
        (dryRun ? "Would be: " : "")
          + "\(report.added) added, \(report.updated) updated, \(report.unchanged) unchanged, "
          + "\(report.rejected.count) rejected")
    }
    if report.added + report.updated + report.unchanged == 0 {
      throw StoreError(.refused, "no row could be used", hint: "Nothing was changed")
    }
  }

  private func report(_ rejected: [ImportReport.Rejection]) {
    for row in rejected { Terminal.note(Terminal.safe("line \(row.line): \"\(row.value)\": \(row.reason)")) }
  }
}
