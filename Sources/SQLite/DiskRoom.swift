internal import CSQLite

/// Room on the disk.
package enum DiskRoom {
  /// Reserves so many bytes for an open file, from its beginning, without changing its size; does nothing where the file
  /// system has no room or cannot do that (fallocate(2)).
  package static func reserve(_ bytes: Int, for descriptor: Int32) { _ = csqlite_reserve(descriptor, bytes) }
}
