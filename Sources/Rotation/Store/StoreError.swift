internal import Glibc
internal import SQLite

/// Why the store did not do what it was asked, and what the reader can do about it.
///
/// Phone numbers appear in it only where the operator typed them.
package struct StoreError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Equatable, Sendable {
    /// Another process kept the store locked past the time allowed.
    case busy
    /// There is no store at the path.
    case missing
    /// The path holds something else: a folder, another program's database, damaged data.
    case notAStore
    /// A store of an older or newer schema.
    case schema
    /// The disk is full.
    case full
    /// This user may not read or write it.
    case permission
    /// The request itself is at fault: an unknown pool, a limit below zero.
    case refused
    /// The request names something that the store does not have.
    case unknown
    /// Anything else SQLite or the system reported.
    case failed
  }

  /// The failure of SQLite or of the system behind it, to find out why.
  package enum Cause: Equatable, Sendable {
    /// An extended result code (https://www.sqlite.org/rescode.html).
    case sqlite(Int32)
    /// `errno`.
    case system(Int32)
  }

  package let kind: Kind
  package let message: String
  package let hint: String?
  /// `nil` if the store itself refused.
  package let cause: Cause?

  package init(_ kind: Kind, _ message: String, hint: String? = nil, cause: Cause? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.cause = cause
  }

  package var description: String {
    hint.map { "\(message). \($0)" } ?? message
  }

  static func refused(_ message: String, hint: String? = nil) -> StoreError {
    StoreError(.refused, message, hint: hint)
  }

  /// Whether it says something about the request, and nothing about the store.
  package var isOfRequest: Bool { kind == .refused || kind == .unknown }
}

extension StoreError {
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as SQLiteError: self.init(error)
    default: self.init(.failed, "\(error)")
    }
  }

  /// What an SQLite failure means for whoever runs the dialer.
  init(_ error: SQLiteError) {
    let cause = Cause.sqlite(error.extendedCode)
    switch error.code {
    case .busy, .locked:
      self.init(.busy, "the store is locked by another process", cause: cause)
    case .notADatabase:
      self.init(.notAStore, "not a store: the file is not an SQLite database", cause: cause)
    case .corrupt:
      self.init(.notAStore, "the store is damaged: \(error.message)", hint: "Restore a backup", cause: cause)
    case .ioError where error.systemError == EFBIG, .full where error.systemError == EFBIG:
      self.init(
        .full, "a file of the store is as large as this process may make one",
        hint: "Raise the limit that Asterisk is started with: ulimit -f unlimited", cause: cause)
    case .full:
      self.init(.full, "the disk is full", hint: "Free some space; nothing was changed", cause: cause)
    // Of some files SQLite says only that they could not be written.
    case .ioError where [ENOSPC, EDQUOT].contains(error.systemError):
      self.init(.full, "the disk is full", hint: "Free some space; nothing was changed", cause: cause)
    case .readOnly, .cannotOpen:
      self.init(
        .permission, "the store cannot be opened for writing: \(error.message)",
        hint: "It and its folder must belong to the user that Asterisk runs as", cause: cause)
    default:
      self.init(.failed, error.description, cause: cause)
    }
  }
}
