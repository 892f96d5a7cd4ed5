import Rotation

/// A setting that is taken reads back as a text that means the same. Lines of `key=text`.
func fuzzSettings(_ bytes: [UInt8]) throws {
  var settings = Settings()
  var terms = CampaignTerms()
  var fields = NumberFields()
  for line in lines(bytes).prefix(60) {
    let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    let key = text(parts[0])
    let value = text(parts.count > 1 ? parts[1] : [])
    if let setting = Setting(rawValue: key) {
      try? setting.set(value, in: &settings)
      var again = settings
      try setting.set(setting.value(in: settings), in: &again)
      try expect(again == settings, "\(key) changes when it is set to its own value")
      _ = Moment(now: 1_772_463_600, settings: settings)
    }
    if let setting = CampaignSetting(rawValue: key) {
      try? setting.set(value, in: &terms, countryCode: settings.countryCode)
      var again = terms
      do { try setting.set(setting.value(in: terms), in: &again, countryCode: settings.countryCode) } catch {
        // A caller-ID as it was written under another country code may be none under this one.
        try expect(setting == .callerID, "\(key) refuses its own value")
      }
      try expect(again == terms || setting == .callerID, "\(key) changes when it is set to its own value")
    }
    if let field = NumberField(rawValue: key) { try? fields.set(field, to: value) }
  }
}
