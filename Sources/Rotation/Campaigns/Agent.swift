/// The person who calls, by the dialer's own name for them.
package struct Agent: Equatable, Sendable {
  /// 0 before the agent's first request.
  package internal(set) var id: Int
  package let name: CallerText
  /// The agent's own limit; nil: the setting `agent_calls_per_minute` applies.
  package var callsPerMinute: Limit?
  package var today = Usage()
  package var thisHour = Usage()
  package var thisMinute = Usage()
  /// Whether these counts are newer than those in its row.
  var isCounted = false

  /// The most calls that the agent may make in a clock minute; nil: no limit.
  package func effectiveCallsPerMinute(_ moment: Moment) -> Int? {
    callsPerMinute.map(\.calls) ?? moment.settings.agentCallsPerMinute
  }
}
