import Foundation

/// 300 area codes that are in service in North America.
package enum AreaCodes {
  package static let some: [String] = {
    let path = FileManager.default.currentDirectoryPath + "/Sources/Rotation/Numbering/AreaCodes.csv"
    let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    let codes = lines.filter { !$0.hasPrefix("#") }.dropFirst().flatMap {
      $0.split(separator: ",").last?.split { " /".contains($0) }.map(String.init) ?? []
    }
    return Array(Set(codes).sorted().prefix(300))
  }()
}
