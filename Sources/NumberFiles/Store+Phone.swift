package import Rotation

extension Store {
  /// A number of the store as somebody typed it, read with the setting `country_code`.
  ///
  /// - Throws: `refused` for a text that is no phone number. The message repeats the text and gives the reason.
  package func phone(_ text: String) throws(StoreError) -> PhoneNumber { try newPhone(text, codes: .any) }

  /// A number that is to be added.
  ///
  /// - Parameter codes: which numbers are taken.
  package func newPhone(_ text: String, codes: PhoneNumber.Codes) throws(StoreError) -> PhoneNumber {
    do throws(PhoneNumber.Invalid) {
      return try PhoneNumber(text, countryCode: settings.countryCode, codes: codes)
    } catch {
      throw StoreError(.refused, "\(text): \(error.reason)")
    }
  }
}
