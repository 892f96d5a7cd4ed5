extension Rule {
  /// The settings require a proof of ownership that the number does not have.
  static let unproven = Rule(reason: .unproven) { number, _, moment in
    let settings = moment.settings
    let ownership = number.ownership
    let isProven =
      ownership.attestation.isAtLeast(settings.requireAttestation)
      && !(settings.requireAuthorization && ownership.authorizedBy.isEmpty)
      && !(settings.requireVerification && ownership.verifiedAt == 0)
      && !(settings.requireCallback && !ownership.callback)
    return isProven ? 0 : Sleep.forever
  }
}
