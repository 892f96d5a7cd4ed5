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
}
