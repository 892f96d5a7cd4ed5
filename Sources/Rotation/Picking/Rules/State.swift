extension Rule {
  static let disabled = Rule(reason: .disabled) { number, _, _ in number.state == .disabled ? Sleep.forever : 0 }
  static let retired = Rule(reason: .retired) { number, _, _ in number.state == .retired ? Sleep.forever : 0 }
}
