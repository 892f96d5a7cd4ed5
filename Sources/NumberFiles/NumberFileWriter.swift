package import Rotation

/// Writes numbers as CSV with the columns that `NumberFile` reads, so that they can be imported again without loss.
package struct NumberFileWriter {
  private let countryCode: String

  package init(countryCode: String) { self.countryCode = countryCode }

  /// The first line of the file, without the line end: the names of the columns.
  package var header: String { CSVWriter.line(NumberFileFormat.ownColumns) }

  /// The line of a number, without the line end. A cell is empty where the number has no value of its own.
  package func line(for number: Number) -> String {
    CSVWriter.line([written(number.phone)] + NumberField.allCases.map { $0.text(of: number) })
  }

  /// As the operator wrote it, but with a + where an import would otherwise read another number.
  private func written(_ phone: PhoneNumber) -> String {
    (try? PhoneNumber(phone.written, countryCode: countryCode)) == phone ? phone.written : "+" + phone.written
  }
}
