extension AsteriskCall {
  /// What Asterisk sends to a server: the address that was asked and the arguments stand in the environment.
  package func networkInput(script: String = "callerid", _ arguments: [String]) -> String {
    var lines = AsteriskCall.environment(of: self)
    lines.insert(contentsOf: ["agi_network: yes", "agi_network_script: \(script)"], at: 0)
    lines.insert(contentsOf: arguments.enumerated().map { "agi_arg_\($0 + 1): \($1)" }, at: lines.count - 1)
    return lines.map { $0 + lineEnd }.joined()
  }
}
