package import Rotation

/// Why a whole file cannot be used.
package struct CSVError: Error, Equatable {
  /// The line of the file, counted from 1.
  package let line: Int
  package let reason: String

  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  /// The refusal of a file, which names the file.
  package func refusal(of file: String) -> StoreError {
    StoreError(.refused, "\(file), line \(line): \(reason)", hint: "Nothing was changed")
  }
}
