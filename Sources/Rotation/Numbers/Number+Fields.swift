extension Number {
  /// A number that the store does not have yet.
  init(_ phone: PhoneNumber, in pool: Pool, addedAt: Int) {
    self.init(
      id: 0, phone: phone, name: "", pool: pool, carrier: nil, areaCodes: [], state: .enabled, dailyLimit: nil,
      hourlyLimit: nil, maxConcurrent: nil, addedAt: addedAt, ownership: Ownership())
  }

  /// Fields that are not given stay as they are.
  mutating func set(_ fields: NumberFields) {
    if let name = fields.name { self.name = name }
    if let areaCodes = fields.areaCodes {
      self.areaCodes = areaCodes.isEmpty ? phone.areaCode.map { [$0] } ?? [] : areaCodes.map(phone.withoutTrunkPrefix)
    }
    if let limit = fields.dailyLimit { dailyLimit = limit }
    if let limit = fields.hourlyLimit { hourlyLimit = limit }
    if let most = fields.maxConcurrent { maxConcurrent = most }
    if let state = fields.state { self.state = state }
    if let attestation = fields.attestation { ownership.attestation = attestation }
    if let authorizedBy = fields.authorizedBy { ownership.authorizedBy = authorizedBy }
    if let verifiedAt = fields.verifiedAt { ownership.verifiedAt = verifiedAt }
    if let callback = fields.callback { ownership.callback = callback }
  }
}
