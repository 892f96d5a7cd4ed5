extension Int {
  /// The number with a noun in the singular or the plural: `1 row`, `2 rows`.
  ///
  /// - Parameter plural: the plural where it is not the noun with an s.
  package func counting(_ noun: String, _ plural: String? = nil) -> String {
    "\(self) " + (self == 1 ? noun : plural ?? noun + "s")
  }
}
