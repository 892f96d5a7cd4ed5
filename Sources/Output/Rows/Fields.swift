package import Rotation

/// The keys of the rows that programs read, in JSON and as the columns of CSV, a list for each command.
///
/// Keys are a contract: they are only ever added. Times are ISO 8601 in UTC. A value that is not known, and a limit
/// that does not exist, are null.
package enum Fields {
  /// A setting, as `config` lists it.
  package static func settings(in settings: Settings) -> [Field<Setting>] {
    [
      Field("key") { .text($0.rawValue) },
      Field("value") { .text($0.value(in: settings)) },
      Field("default") { .text($0.defaultValue) },
    ]
  }

  /// A token, as `token list` lists it.
  package static let tokens: [Field<Token>] = [
    Field("name") { .text($0.name) },
    Field("role") { .text($0.role.rawValue) },
    Field("created_at") { JSON(time: $0.createdAt) },
  ]

  /// A change, as `audit` lists it.
  package static let audit: [Field<AuditEntry>] = [
    Field("at") { JSON(time: $0.at) },
    Field("who") { .text($0.who) },
    Field("what") { .text($0.what) },
  ]

  /// A change that can be taken back, as `undo --list` lists it.
  package static let undoableChanges: [Field<UndoableChange>] = [
    Field("entry") { .number($0.entry.id) },
    Field("at") { JSON(time: $0.entry.at) },
    Field("who") { .text($0.entry.who) },
    Field("what") { .text($0.entry.what) },
    Field("taken_back_by") { $0.takenBackBy.map(JSON.number) ?? .null },
  ]
}
