internal import SQLite

/// Brings a store's write-ahead log to so many frames, as calls would, and leaves it there.
package func growLog(ofStore path: String, to frames: Int) throws {
  let database = try Database(path: path, mode: .readWrite)
  try database.keepLogOnClose()
  while database.logFrames < frames { try database.run("UPDATE campaign SET name = name") }
}
