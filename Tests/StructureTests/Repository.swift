import Foundation

/// The sources, as they lie in the repository.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: root + "/" + path, encoding: .utf8)
  }

  /// The files below a folder whose names have one of these endings, by their paths in the repository.
  static func files(below folder: String, endings: [String]) throws -> [String] {
    let all = FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? []
    return all.filter { name in endings.contains { name.hasSuffix($0) } }.map { folder + "/" + $0 }.sorted()
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Each line of the Swift sources, with its file and number, such as `Sources/AGI/Reply.swift:12`.
  static func sourceLines() throws -> [(place: String, module: String, text: String)] {
    try files(below: "Sources", endings: [".swift"]).flatMap { path in
      let module = String(path.split(separator: "/")[1])
      return try text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
        ("\(path):\($0.offset + 1)", module, String($0.element))
      }
    }
  }
}
