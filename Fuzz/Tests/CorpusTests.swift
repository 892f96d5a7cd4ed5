import Foundation
import Fuzzing
import Testing

/// Every input that is kept, the found ones among them, does no harm any more: `make fuzz` without the fuzzer.
@Suite(.timeLimit(.minutes(2)))
struct CorpusTests {
  static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("corpus")

  static func files(of target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: corpus.appendingPathComponent(target.rawValue), includingPropertiesForKeys: nil)
  }

  @Test(arguments: FuzzTarget.allCases)
  func noInputThatIsKeptDoesHarm(target: FuzzTarget) throws {
    let files = try Self.files(of: target)
    #expect(!files.isEmpty, "\(target.rawValue) has no corpus")
    for file in files {
      #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(Array(Data(contentsOf: file))) }
    }
  }

  /// What a damaged file is likely to hold: each input cut off, and with a byte changed.
  @Test(arguments: FuzzTarget.allCases)
  func norDoesOneThatIsCutOffOrChanged(target: FuzzTarget) throws {
    for file in try Self.files(of: target) {
      let bytes = try Array(Data(contentsOf: file))
      for step in 1...4 {
        let at = bytes.count * step / 5
        #expect(throws: Never.self) { try target.run(Array(bytes.prefix(at))) }
        guard at < bytes.count else { continue }
        for byte in [0x00, 0x22, 0x80, 0xFF] as [UInt8] {
          var changed = bytes
          changed[at] = byte
          #expect(throws: Never.self, "\(file.lastPathComponent), byte \(at)") { try target.run(changed) }
        }
      }
    }
  }
}
