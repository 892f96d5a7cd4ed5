internal import Glibc
internal import SQLite

/// Checks the contents of the store: whether it is undamaged, and whether it can serve calls.
extension Store {
  package func contentFindings() throws(StoreError) -> [Finding] {
    var findings: [Finding] = []
    if let finding = mixedFinding() { return [finding] }
    do { try checkPages() } catch {
      // Findings from damaged pages would only confuse.
      return [Finding(error, in: "pages")]
    }
    findings.append(Finding(.ok, "pages", "every page is whole, schema \(Schema.version)"))
    findings.append(try logFinding())
    findings.append(try laneFinding())
    findings += try numberFindings()
    findings += try settingFindings()
    findings += try clockFindings()
    return findings
  }

  private func logFinding() throws(StoreError) -> Finding {
    let mode: String? = try read { try $0.database.value("PRAGMA journal_mode") }
    guard mode == "wal" else {
      return Finding(
        .warning, "log", "the store has no write-ahead log: calls are slower",
        hint: "callerid-admin doctor --fix, or maintain")
    }
    let size = (Path.status(of: path + "-wal").map { Int($0.st_size) } ?? 0) >> 20
    guard size < 100 else {
      return Finding(
        .warning, "log", "the log has grown to \(size) MB: a program reads the store without an end",
        hint: "fuser \(path) tells which")
    }
    return Finding(.ok, "log", "the log has \(size) MB")
  }

  private func laneFinding() throws(StoreError) -> Finding {
    let report = try checkLanes()
    guard !report.isRight else { return Finding(.ok, "lanes", "every number stands where calls look for it") }
    return Finding(
      .problem, "lanes",
      "\(report.missing) numbers do not stand where calls look for them, \(report.stray) entries are of none, "
        + "\(report.miscounted) pools are miscounted", hint: "callerid-admin doctor --fix, or maintain")
  }

  private func numberFindings() throws(StoreError) -> [Finding] {
    let moment = moment
    var enabled = 0
    var neverAllowed = 0
    var unproven = 0
    var overBound: [String] = []
    try eachNumber { number in
      if number.laneBound.lanes > LaneBound.most { overBound.append(number.phone.written) }
      guard number.state == .enabled else { return }
      enabled += 1
      if number.effectiveDailyLimit(moment) == 0 || number.effectiveHourlyLimit(moment) == 0 { neverAllowed += 1 }
      if number.sleep(at: moment)?.until == Sleep.forever { unproven += 1 }
    }
    guard enabled > 0 else {
      return [
        Finding(
          .problem, "numbers", "there are no numbers in use",
          hint: "callerid-admin import FILE, or enable those that are there")
      ]
    }
    var findings: [Finding] = []
    if neverAllowed > 0 {
      findings.append(
        Finding(
          .warning, "numbers", "\(neverAllowed) of \(enabled) numbers are never shown: their limit is 0",
          hint: "callerid-admin set NUMBER --daily-limit N, or disable them"))
    }
    if unproven > 0 {
      findings.append(
        Finding(
          .warning, "numbers",
          "\(unproven) of \(enabled) numbers are never shown: they lack the proof that the settings ask for",
          hint: "Import attestation, authorized_by, verified_at or callback for them; see config, require_…"))
    }
    if let first = overBound.first {
      findings.append(
        Finding(
          .warning, "numbers",
          "\(overBound.count) numbers, such as \(first), stand in more than \(LaneBound.most) lanes, which makes their "
            + "calls slow",
          hint: "Give them fewer area codes, or a region; or limit the numbers of fewer campaigns of their pool"))
    }
    findings += try statistics().warnings.map { Finding(.warning, "numbers", $0) }
    if findings.isEmpty { findings.append(Finding(.ok, "numbers", "\(enabled) in use")) }
    return findings
  }

  /// Settings that this version or this machine does not know, such as a time zone. Calls use the default instead.
  private func settingFindings() throws(StoreError) -> [Finding] {
    let kept: [(key: String, value: String)] = try read {
      try $0.database.all("SELECT key, value FROM setting WHERE campaign_id = 0 ORDER BY key") { ($0[0], $0[1]) }
    }
    return kept.compactMap { key, value in
      guard let setting = Setting(rawValue: key) else { return nil }
      do throws(StoreError) {
        var settings = Settings()
        try setting.set(value, in: &settings)
        return nil
      } catch {
        return Finding(
          .problem, "settings",
          "\(key) is \"\(value)\", which cannot be used; the default is in force: \(error.message)",
          hint: "callerid-admin config set \(key) VALUE")
      }
    }
  }

  private func clockFindings() throws(StoreError) -> [Finding] {
    let now = clock.now()
    var findings: [Finding] = []
    let newest: Int? = try read { try $0.database.value("SELECT at FROM request ORDER BY id DESC LIMIT 1") }
    if now < Self.oldestPossible {
      findings.append(Finding(.problem, "clock", "the machine's clock is wrong", hint: "Set it, and let NTP keep it"))
    } else if let newest, newest > now + 60 {
      findings.append(
        Finding(
          .problem, "clock",
          "the newest request is \(newest - now) seconds in the future: the clock was wrong then, or is now",
          hint: "Compare it with another clock, and let NTP keep it"))
    } else if let newest {
      findings.append(Finding(.ok, "clock", "the last call asked \(Self.span(now - newest)) ago"))
    } else {
      findings.append(
        Finding(
          .warning, "calls", "no call has asked for a number yet",
          hint: "Look for AGI(callerid-agi,…) in the dialplan, and at Asterisk's console"))
    }
    if settings.calendar.timeZone.isEmpty, Path.status(of: "/etc/localtime") == nil {
      findings.append(
        Finding(
          .warning, "clock", "the machine has no time zone: days begin at midnight UTC",
          hint: "callerid-admin config set timezone Area/City"))
    }
    return findings
  }

  /// The date of this source.
  private static let oldestPossible = 1_750_000_000

  private static func span(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(max(0, seconds)) seconds"
    case ..<7200: "\(seconds / 60) minutes"
    case ..<172_800: "\(seconds / 3600) hours"
    default: "\(seconds / 86_400) days"
    }
  }
}
