extension Unicode.Scalar {
  /// Whether it does harm in a text from outside: it would act as a command to a terminal, end a line, turn the direction
  /// of the text around it, or make two names look like one.
  ///
  /// The joiners U+200C and U+200D are not among them: Persian and the languages of India are written with them, and so
  /// are some emoji.
  package var isUnsafe: Bool {
    switch value {
    // Control characters.
    case 0..<0x20, 0x7F..<0xA0: true
    // Marks, embeddings, overrides and isolates of direction (https://www.unicode.org/reports/tr9/), with the invisible
    // operators beside them.
    case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2060...0x206F: true
    // Line separators.
    case 0x2028...0x2029: true
    // A space without width, a mark of the order of bytes, and marks of annotations.
    case 0x200B, 0xFEFF, 0xFFF9...0xFFFB: true
    default: false
    }
  }
}
