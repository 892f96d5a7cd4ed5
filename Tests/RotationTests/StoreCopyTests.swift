import Foundation
import SQLite
import Testing

@testable import Rotation

/// A copy is written to the file that was made for it, and to no other.
struct StoreCopyTests {
  /// What somebody may put in the place of the copy's file before SQLite opens it.
  @Test(arguments: ["file", "link"]) func nothingElseIsWrittenTo(kind: String) throws {
    let files = FileManager.default
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: folder) }
    let model = try #require(Path.status(of: folder))
    let copy = try StoreCopy(for: folder + "/copy.db", marked: ".part-", like: model)
    try copy.connect(.readWrite).execute("CREATE TABLE own (id)")
    let path = "\(folder)/copy.db.part-\(getpid())"
    try files.moveItem(atPath: path, toPath: folder + "/away")
    let other = folder + "/other.db"
    _ = try Database(path: other, mode: .create).execute("CREATE TABLE others (id)")
    if kind == "link" {
      try files.createSymbolicLink(atPath: path, withDestinationPath: other)
    } else {
      try files.moveItem(atPath: other, toPath: path)
    }
    #expect(throws: (any Error).self) { try copy.connect(.readWrite).execute("DROP TABLE others") }
  }
}
