import Output
import Rotation
import Testing

/// The help of settings says what is true of them.
struct SettingHelpTests {
  private static let setting: [(key: String, help: String)] = Setting.allCases.map { ($0.rawValue, $0.help) }
  private static let ofCampaigns: [(key: String, help: String)] = CampaignSetting.allCases.map {
    ($0.rawValue, $0.help)
  }

  @Test func everyHelpIsASentenceOnOneLine() {
    for (key, help) in Self.setting + Self.ofCampaigns {
      #expect(help.hasSuffix("."), "\(key)")
      #expect(!help.contains("\n") && !help.contains("  "), "\(key)")
    }
  }

  /// The bounds that a help gives, `from 1 to 365`.
  private func bounds(_ help: String) throws -> ClosedRange<Int>? {
    guard let match = help.firstMatch(of: /from (\d+) to (\d+)/) else { return nil }
    return try #require(Int(match.1))...#require(Int(match.2))
  }

  @Test(arguments: Setting.allCases) func theBoundsOfASettingAreThoseThatAreKept(setting: Setting) throws {
    guard let bounds = try bounds(setting.help) else { return }
    var settings = Settings()
    for good in [bounds.lowerBound, bounds.upperBound] { try setting.set(String(good), in: &settings) }
    for bad in [bounds.lowerBound - 1, bounds.upperBound + 1] {
      #expect(throws: StoreError.self) { try setting.set(String(bad), in: &settings) }
    }
  }

  @Test(arguments: CampaignSetting.allCases)
  func theBoundsOfACampaignsSettingAreThoseThatAreKept(setting: CampaignSetting) throws {
    guard let bounds = try bounds(setting.help) else { return }
    var terms = CampaignTerms()
    for good in [bounds.lowerBound, bounds.upperBound] {
      try setting.set(String(good), in: &terms, countryCode: "1")
    }
    for bad in [bounds.lowerBound - 1, bounds.upperBound + 1] {
      #expect(throws: StoreError.self) { try setting.set(String(bad), in: &terms, countryCode: "1") }
    }
  }

  /// Settings that take a number have bounds in their help.
  @Test func everyNumberHasBounds() throws {
    for setting in Setting.allCases where Int(setting.defaultValue) != nil && setting != .countryCode {
      #expect(try bounds(setting.help) != nil, "\(setting.rawValue)")
    }
  }
}
