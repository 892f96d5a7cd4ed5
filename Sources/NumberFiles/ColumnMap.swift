import Rotation

/// What the operator says that a column of a file contains, written as `column=field`.
///
/// The column is given by its name in the first row, or by its number, counted from 1. The field is one of
/// `NumberFileFormat.meanings`, or `ignore`.
package struct ColumnMap {
  let column: String
  /// Nil where the column is to be ignored.
  let meaning: NumberFileFormat.Meaning?

  /// Returns nil where the text is not `column=field`, or there is no such field.
  package init?(_ text: String) {
    // The last sign: the name of a column may contain one, the name of a field does not.
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex else { return nil }
    let field = NumberFileFormat.normalized(String(text[text.index(after: sign)...]))
    column = String(text[..<sign])
    if field.isEmpty || field == "ignore" {
      meaning = nil
    } else if let meaning = NumberFileFormat.meaning(named: field) {
      self.meaning = meaning
    } else {
      return nil
    }
  }
}
