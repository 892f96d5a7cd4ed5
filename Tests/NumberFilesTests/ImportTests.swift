import Foundation
import NumberFiles
import Rotation
import Testing

/// What a program does with a file of numbers that it has been sent, without callerid-admin.
struct ImportTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"

  private func store() throws -> Store {
    _ = try Store.create(path: folder + "/callerid.db")
    return try Store(path: folder + "/callerid.db")
  }

  private func numbers(_ text: String, maps: [ColumnMap] = []) throws -> NumberFile {
    var rest = Array(text.utf8)
    return try NumberFile(countryCode: "1", maps: maps) {
      defer { rest = [] }
      return rest
    }
  }

  @Test func aFileIsRehearsedThenImportedThenExportedWithoutLoss() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try store()
    var file = try numbers("caller_id,name,pool\n2145550101,\"=1+1, 'x'\",sales\n+442079460000,,\nabc,x,\n")
    let stage = try file.stage(for: store)
    #expect(stage.rejected.map(\.line) == [4])
    #expect(stage.rejected.map(\.value) == ["abc"])
    #expect(try store.importNumbers(stage, dryRun: true).added == 2)
    #expect(try store.importNumbers(stage).added == 2)

    let writer = NumberFileWriter(countryCode: "1")
    var lines = [writer.header]
    try store.eachNumber { lines.append(writer.line(for: $0)) }
    #expect(lines.count == 3)
    var exported = try numbers(lines.joined(separator: "\n") + "\n")
    let report = try store.importNumbers(exported.stage(for: store))
    #expect(report.unchanged == 2)
    #expect(report.rejected.isEmpty)
  }

  @Test func aFileThatIsCutOffNamesTheLineAndWhatCameOfIt() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try store()
    var file = try numbers("caller_id,name\n2145550101,\"Dal\n")
    let error = try #require(throws: StoreError.self) { try file.stage(for: store) }
    #expect(error.kind == .refused)
    #expect(error.message.hasPrefix("the file, line 2: a quote is opened here and never closed"))
    #expect(error.hint == "Nothing was changed")
  }

  @Test func aRestFileListsTheRowsOfNoUse() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try store()
    var file = try numbers("caller_id\n2145550101\n")
    _ = try store.importNumbers(file.stage(for: store))
    let path = folder + "/flagged.csv"
    try "number,reason\n2145550101,spam\n12145550101,again\n3125550101,x\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let rests = try RestFile(reading: path, for: store)
    #expect(rests.phones.map(\.written) == ["2145550101"])
    #expect(Array(rests.reasons.values) == ["spam"])
    #expect(rests.unknownNumbers == 1)
    #expect(rests.rejected.isEmpty)
    #expect(throws: StoreError.self) { try RestFile(reading: folder, for: store) }
  }

  @Test(arguments: ["did=caller_id", "a=b=name", "3=Daily Limit", "x=ignore", "x="])
  func aMapIsAColumnAndAField(text: String) {
    #expect(ColumnMap(text) != nil)
  }

  @Test(arguments: ["", "=", "=name", "did", "did=nothing"])
  func whatIsNoMapIsNone(text: String) {
    #expect(ColumnMap(text) == nil)
  }
}
