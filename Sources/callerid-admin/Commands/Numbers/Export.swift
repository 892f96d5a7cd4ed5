import ArgumentParser
import Rotation

struct Export: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the numbers as import reads them.",
    discussion: """
      All of them, or those of one pool, in import order, with their own limits; a limit left empty is the setting's. What
      was exported can be imported into another store, or back into this one, without loss:
        callerid-admin export > numbers.csv
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "Only numbers of this pool.") var pool: String?
  @Flag(help: "Write CSV, as it does unasked.") var csv = false

  func run(on store: Store) throws {
    let fields = exportFields(countryCode: store.settings.countryCode)
    let header = CSVWriter.line(fields.map { .text($0.key) })
    var isEmpty = true
    try store.eachNumber { number in
      if let pool, number.pool.name.lowercased() != pool.lowercased() { return }
      if isEmpty { Terminal.print(header) }
      isEmpty = false
      Terminal.print(CSVWriter.line(fields.map { $0.value(number) }))
    }
    guard isEmpty else { return }
    if let pool { throw StoreError(.refused, "no number is in the pool \"\(pool)\"", hint: "See: list") }
    Terminal.print(header)
  }
}

/// The columns of `import`, by the same names.
private func exportFields(countryCode: String) -> [Field<Number>] {
  [Field("caller_id") { .text(importable($0.phone, countryCode: countryCode)) }]
    + NumberField.allCases.map { field in Field(field.rawValue) { .text(field.text(of: $0)) } }
}

/// As it was written, with a + where it would be taken for another number without.
private func importable(_ phone: PhoneNumber, countryCode: String) -> String {
  (try? PhoneNumber(phone.written, countryCode: countryCode)) == phone ? phone.written : "+" + phone.written
}
