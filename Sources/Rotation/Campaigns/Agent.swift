/// The person who calls, by the dialer's own name for them.
package struct Agent: Equatable, Sendable {
  /// 0 before the first request.
  package let id: Int
  package let name: CallerText
  /// Its own limit; nil: the setting's.
  package var callsPerMinute: Limit?
  package var today = Usage()
  package var thisHour = Usage()
  package var thisMinute = Usage()

  /// The most calls in a minute; nil: no limit.
  package func effectiveCallsPerMinute(_ moment: Moment) -> Int? {
    callsPerMinute.map(\.calls) ?? moment.settings.agentCallsPerMinute
  }
}
