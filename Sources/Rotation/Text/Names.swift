extension String {
  /// Whether two names are one. A letter of ASCII is the same in capitals or not; all else is compared byte by byte: as
  /// the store compares the names of pools, carriers, campaigns and agents (`COLLATE NOCASE`).
  package func isSameName(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8) { $0.smallLetter == $1.smallLetter }
  }

  /// The text that is the same for all ways to write one name.
  package var foldedName: String { String(decoding: utf8.map(\.smallLetter), as: UTF8.self) }
}

extension UInt8 {
  /// The small letter of a capital of ASCII; any other byte as it is.
  fileprivate var smallLetter: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
