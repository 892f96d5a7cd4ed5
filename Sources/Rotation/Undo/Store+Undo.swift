internal import SQLite

/// A change of the audit, and whether it can be taken back.
package struct UndoableChange: Sendable {
  package let entry: AuditEntry
  /// The entry by which it was taken back already; nil where it was not.
  package let takenBackBy: Int?
}

/// What became of a change that was taken back.
package struct UndoReport: Sendable {
  package let entry: AuditEntry
  /// How many numbers or settings are as they were.
  package var takenBack = 0
  /// Numbers that the change had added and calls have used since: they are disabled.
  package var disabled: [PhoneNumber] = []
  /// What was left as it is, and why.
  package var left: [(what: String, reason: String)] = []
  /// Whether a power loss has taken the end of what was kept.
  package var isCutOff = false
}

extension Store {
  /// The changes that can be taken back, and those that were, the newest first.
  package func undoableChanges() throws(StoreError) -> [UndoableChange] {
    guard let folder = try undoFolder() else { return [] }
    var changes: [UndoableChange] = []
    let ids = try folder.entries().filter(UndoKeeper.isFileName).compactMap { Int($0) }.sorted(by: >)
    for id in ids {
      guard let head = try UndoFile.head(of: String(id), in: folder), head.schema == Schema.version,
        let entry = try auditEntry(id), head.isOf(entry)
      else { continue }
      changes.append(UndoableChange(entry: entry, takenBackBy: try undoing(of: entry)))
    }
    return changes
  }

  /// The IDs of those of some changes that can be taken back, and were not.
  package func undoable(among entries: [AuditEntry]) throws(StoreError) -> Set<Int> {
    guard let folder = try undoFolder() else { return [] }
    let kept = Set(try folder.entries())
    var found: Set<Int> = []
    for entry in entries where kept.contains(String(entry.id)) {
      guard let head = try UndoFile.head(of: String(entry.id), in: folder), head.schema == Schema.version,
        head.isOf(entry), try undoing(of: entry) == nil
      else { continue }
      found.insert(entry.id)
    }
    return found
  }

  /// The change that `undo` is about.
  ///
  /// - Parameter id: its ID in the audit; nil for the newest change that was not taken back.
  /// - Throws: `refused` where it cannot be taken back, with the reason.
  package func changeToUndo(_ id: Int?) throws(StoreError) -> AuditEntry {
    let entry: AuditEntry = if let id { try existingEntry(id) } else { try newestChange() }
    if let by = try undoing(of: entry) {
      throw .refused("entry \(entry.id), \(entry.shortened), has been taken back already, by entry \(by)")
    }
    _ = try undoFile(of: entry)
    return entry
  }

  private func existingEntry(_ id: Int) throws(StoreError) -> AuditEntry {
    guard let entry = try auditEntry(id) else {
      throw StoreError(
        .unknown, "the store knows no change with the number \(id)", hint: "See them with: callerid-admin undo --list")
    }
    return entry
  }

  private func newestChange() throws(StoreError) -> AuditEntry {
    // What was undone is passed over together with its undoing.
    for entry in try auditEntries(last: 1000) where entry.undone == nil {
      if try undoing(of: entry) == nil { return entry }
    }
    throw .refused("there is no change to take back", hint: "See them all with: callerid-admin audit")
  }

  private func auditEntry(_ id: Int) throws(StoreError) -> AuditEntry? {
    try read {
      try $0.database.first("SELECT id, at, who, what FROM audit WHERE id = ?", id) { AuditEntry($0) }
    }
  }

  /// The entry by which a change was taken back to its end.
  private func undoing(of entry: AuditEntry) throws(StoreError) -> Int? {
    try read {
      try $0.database.value(
        "SELECT id FROM audit WHERE id > ? AND what = ? ORDER BY id LIMIT 1", entry.id, entry.undoing)
    }
  }

  /// - Throws: `refused` where nothing is kept of the entry.
  private func undoFile(of entry: AuditEntry) throws(StoreError) -> UndoFile {
    let name = String(entry.id)
    guard let folder = try undoFolder(), let head = try UndoFile.head(of: name, in: folder), head.isOf(entry) else {
      throw .refused("entry \(entry.id), \(entry.shortened), cannot be taken back", hint: entry.hintWithoutFile)
    }
    guard head.schema == Schema.version else {
      throw .refused(
        "entry \(entry.id), \(entry.shortened), cannot be taken back",
        hint:
          "It was made by a version with another store; restore a backup of the time before it, or change it by hand")
    }
    guard let file = try UndoFile(name, in: folder) else {
      throw .refused(
        "entry \(entry.id), \(entry.shortened), cannot be taken back",
        hint: "What was kept of it is not whole, as after a power loss")
    }
    return file
  }

  // MARK: Taking back

  /// Takes a change back, in short transactions between which calls are served. What newer changes contradict is left as
  /// it is. If it is interrupted, it can be given again, and does the rest.
  ///
  /// - Throws: `refused` where there is nothing of it that can be taken back; then nothing is changed.
  package func takeBack(
    _ id: Int, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws(StoreError) -> UndoReport {
    // What is done here is not kept: the command that was taken back can be given again.
    undo = nil
    let entry = try changeToUndo(id)
    let file = try undoFile(of: entry)
    let units = UndoUnit.units(of: file.records)
    var report = UndoReport(entry: entry)
    report.isCutOff = file.isCutOff
    if case .campaign(let name, let records)? = units.first {
      try takeBack(records, ofCampaign: name, by: entry, &report)
    } else {
      try takeBack(units, by: entry, &report, progress)
    }
    return report
  }

  private func takeBack(
    _ units: [UndoUnit], by entry: AuditEntry, _ report: inout UndoReport, _ progress: (Int, Int) throws -> Void
  ) throws(StoreError) {
    // What the steps that are committed have done, and what the next one adds.
    var (begun, next): (AuditEntry?, AuditEntry?) = (nil, nil)
    var results = report
    var done = 0
    do {
      try inSteps { transaction, most in
        begun = next
        try progress(done, units.count)
        let some = units[done..<min(done + most, units.count)]
        for unit in some {
          let outcome = try transaction.outcome(ofTakingBack: unit)
          switch outcome {
          case .nothing: break
          case .done: results.takenBack += 1
          case .disabled(let phone): results.disabled.append(phone)
          case .left(let reason): results.left.append((unit.what, reason))
          }
          if outcome.isChange, next == nil { next = try transaction.audit(entry.undoingBegun) }
        }
        done = some.endIndex
        return some.count
      }
    } catch {
      guard begun != nil else { throw error }
      throw StoreError(
        error.kind, "\(error.message) before all of entry \(entry.id) was taken back",
        hint: "Give the command again, with the number \(entry.id), to do the rest")
    }
    report = results
    guard let begun else {
      let reason = results.left.first.map { "\($0.what) \($0.reason)" } ?? "all of it is as it was before the change"
      throw .refused("entry \(entry.id), \(entry.shortened), cannot be taken back: \(reason)")
    }
    try write { try $0.amend(begun, to: entry.undoing) }
    try finishResorting()
    try publishTimeout()
  }

  private func takeBack(
    _ records: [UndoRecord], ofCampaign name: String, by entry: AuditEntry, _ report: inout UndoReport
  ) throws(StoreError) {
    guard let label = try CallerText(name: name, of: "the campaign's name") else { return }
    let values: [(setting: CampaignSetting, text: String?)] = records.compactMap { record in
      CampaignSetting(rawValue: record.text(1)).map { ($0, record[2]) }
    }
    _ = try set(values, of: label, as: entry.undoing) { campaign in
      for record in records {
        guard let setting = CampaignSetting(rawValue: record.text(1)) else { continue }
        guard setting.value(in: campaign.terms) == record.text(3) else {
          throw StoreError.refused(
            "entry \(entry.id), \(entry.shortened), cannot be taken back: \(setting.rawValue) of \(name) has been "
              + "changed since",
            hint: "Set it by hand; it was: \(record.text(2))")
        }
      }
    }
    report.takenBack = values.count
  }
}

/// What became of one thing.
enum UndoOutcome {
  /// It was as before the change already.
  case nothing
  case done
  case disabled(PhoneNumber)
  case left(String)

  var isChange: Bool {
    switch self {
    case .done, .disabled: true
    case .nothing, .left: false
    }
  }
}

extension AuditEntry {
  /// What is said of its being taken back.
  var undoing: String { "undo \(id): \(what)" }
  fileprivate var undoingBegun: String { "undo \(id) (not finished): \(what)" }

  /// The ID of the entry that it takes back, or began to; nil where it is another change.
  fileprivate var undone: Int? {
    guard what.hasPrefix("undo ") else { return nil }
    return Int(what.dropFirst(5).prefix { $0.isASCII && $0.isNumber })
  }

  /// For an error: a command may name thousands of numbers.
  package var shortened: String { what.count > 60 ? "\"\(what.prefix(60)) …\"" : "\"\(what)\"" }

  fileprivate var hintWithoutFile: String {
    if undone != nil { return "It is an undo itself; give the command that was taken back again" }
    let words = what.split(separator: " ")
    switch words.first {
    case "restore": return "Restore the store that it replaced, which is kept beside this one"
    case "token":
      return words.dropFirst().first == "add"
        ? "End the token's rights with: token revoke"
        : "A token that was revoked is gone for good, because only its owner knew it; make a new one with: token add"
    case "init": return "It made the store, or brought it up to date"
    case "release":
      return "Other calls may have the numbers now; a number that is to be left alone for a while can rest: rest"
    default:
      return
        "Nothing is kept of it: it changed nothing, was made by an older version, it is one of a store that was replaced, "
        + "or more than 30 days or 100 changes ago"
    }
  }
}
