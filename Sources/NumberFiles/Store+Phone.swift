package import Rotation

extension Store {
  /// A number as somebody typed it, read with the setting `country_code`.
  ///
  /// - Throws: `refused` for a text that is no phone number. The message repeats the text and gives the reason.
  package func phone(_ text: String) throws(StoreError) -> PhoneNumber {
    do throws(PhoneNumber.Invalid) {
      return try PhoneNumber(text, countryCode: settings.countryCode, codes: .any)
    } catch {
      throw StoreError(.refused, "\(text): \(error.reason)")
    }
  }
}
