internal import Glibc

/// Keeps beside the store what the changes of a command need to be taken back: a file for each, in the folder
/// `callerid.db-undo`.
///
/// A block is written before its transaction is committed, and taken away again if it is not: whatever ends the program,
/// no change is in the store of which the file knows nothing. The other way round, a program that is killed between the
/// two leaves a block of a change that was never made. So whoever takes a change back looks at each thing first. The disk
/// is waited for when the store is closed, once for all blocks, and when no call waits; what a power loss takes is missed by
/// its checksum.
final class UndoKeeper {
  static let ending = "-undo"
  private static let mostFiles = 100
  private static let mostDays = 30

  private let store: String
  private var path: String { store + Self.ending }
  /// The entry that records belong to which name none themselves.
  private var entry: AuditEntry?
  private var file: (name: String, descriptor: Int32)?
  /// How many bytes of the file are those of transactions that were committed.
  private var committed = 0
  private var written = 0
  /// Whether there are blocks that the disk may not have yet.
  private var isUnsettled = false

  init(ofStore path: String) { store = path }

  deinit {
    bringToDisk()
    closeFile()
  }

  /// Writes what a transaction has noted, as the last thing before its commit.
  func keep(_ records: [UndoRecord], beginning new: AuditEntry?) throws(StoreError) {
    if let new {
      closeFile()
      (entry, committed, written) = (new, 0, 0)
    }
    guard !records.isEmpty, let entry else { return }
    let head = file == nil ? UndoFile.Head(of: entry) : nil
    if file == nil { file = try makeFile(named: String(entry.id)) }
    guard let file else { return }
    let block = UndoFile.block(records, after: head)
    var start = 0
    while start < block.count {
      let count = block.withUnsafeBytes {
        pwrite(file.descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, off_t(committed + start))
      }
      guard count > 0 else {
        throw .system(
          "what is needed to take the change back cannot be kept in \(path)",
          hint: "Free some space; nothing was changed")
      }
      start += count
    }
    written = committed + block.count
  }

  /// Keeps what was written for a transaction that is committed now. Here calls may wait, so the disk is not waited for.
  func settle() {
    guard file != nil, written > committed else { return }
    committed = written
    isUnsettled = true
  }

  private func bringToDisk() {
    guard isUnsettled, let file else { return }
    isUnsettled = false
    // That it cannot be taken back after a power loss in this moment is all that could fail.
    fdatasync(file.descriptor)
    guard let folder = try? Folder(path) else { return }
    try? folder.sync()
    Self.prune(folder)
  }

  /// Forgets what was written for a transaction that has failed.
  func rollBack() {
    guard let file, written > committed else { return }
    written = committed
    if committed > 0 {
      ftruncate(file.descriptor, off_t(committed))
    } else {
      (try? Folder(path))?.remove(file.name)
      closeFile()
    }
  }

  private func closeFile() {
    if let file { close(file.descriptor) }
    file = nil
  }

  private func makeFile(named name: String) throws(StoreError) -> (name: String, descriptor: Int32) {
    guard let model = Path.status(of: store) else { throw .system("cannot look at \(store)") }
    let folder = try Self.folder(ofStore: store, like: model)
    // Of a change that was never committed, or of another store that was in this one's place.
    folder.remove(name)
    let descriptor = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    guard descriptor >= 0 else {
      throw .system("what is needed to take the change back cannot be kept in \(path)", hint: "Nothing was changed")
    }
    // Only root can give a file to another owner; a member of its group can give it to that.
    fchown(descriptor, .max, model.st_gid)
    if geteuid() == 0 { fchown(descriptor, model.st_uid, .max) }
    fchmod(descriptor, 0o660)
    return (name, descriptor)
  }

  private static func folder(ofStore store: String, like model: stat) throws(StoreError) -> Folder {
    if let folder = try Folder.ifThere(store + ending) { return folder }
    return try Store.makeSharedFolder(store + ending, owner: Owner(user: model.st_uid, group: model.st_gid))
  }

  /// Whether a file in the folder is named as those of changes are.
  static func isFileName(_ name: String) -> Bool { Int(name).map { String($0) == name && $0 > 0 } ?? false }

  /// Removes what is too old, or too much.
  static func prune(_ folder: borrowing Folder) {
    guard let names = try? folder.entries() else { return }
    let ids = names.filter(isFileName).compactMap { Int($0) }.sorted(by: >)
    for (index, id) in ids.enumerated() {
      let name = String(id)
      guard let status = folder.status(of: name), status.isPlainFile else { continue }
      if index >= mostFiles || status.st_mtim.tv_sec < time(nil) - mostDays * 86_400 { folder.remove(name) }
    }
  }
}

extension Store {
  /// From here on, what is changed can be taken back: for operators' commands.
  package func keepForUndo() { undo = UndoKeeper(ofStore: path) }

  /// Brings what was kept to the disk, and keeps no more: for a process that stays, after each change of an operator's.
  package func endKeepingForUndo() { undo = nil }

  /// The folder of what is kept; nil where nothing is.
  func undoFolder() throws(StoreError) -> Folder? { try Folder.ifThere(path + UndoKeeper.ending) }

  /// Removes what is kept of changes for too long.
  func pruneUndo() throws(StoreError) {
    if let folder = try undoFolder() { UndoKeeper.prune(folder) }
  }
}
