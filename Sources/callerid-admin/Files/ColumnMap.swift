import ArgumentParser
import Rotation

/// `--map column=field`: what a column of a file holds, by its name in the first row or its number.
struct ColumnMap: ExpressibleByArgument {
  let column: String
  /// Nil: it is left out.
  let meaning: NumberFileFormat.Meaning?

  init?(argument: String) {
    // A column's name may hold the sign, a field's does not.
    guard let sign = argument.lastIndex(of: "="), sign != argument.startIndex else { return nil }
    let field = NumberFileFormat.normalized(String(argument[argument.index(after: sign)...]))
    column = String(argument[..<sign])
    if field.isEmpty || field == "ignore" {
      meaning = nil
    } else if let key = NumberFileFormat.own.first(where: { NumberFileFormat.normalized($0) == field }) {
      meaning = NumberField(rawValue: key).map { .field($0) } ?? .callerID
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { (NumberFileFormat.own + ["ignore"]).map { "column=" + $0 } }

  static func name(of meaning: NumberFileFormat.Meaning) -> String {
    switch meaning {
    case .callerID: "caller_id"
    case .field(let field): field.rawValue
    case .standing: "status"
    }
  }
}
