/// A request for a caller-ID.
package struct Request: Sendable {
  /// The dial string as the dialer gave it.
  package var destination: String
  /// What was dialled, if that is not `destination`: it may begin with a campaign's dial prefix.
  package var dialString: String?
  /// The caller-ID that the call has.
  package var callerID: String?
  /// Whether the call keeps its caller-ID if somebody has chosen it.
  package var respectExisting = false
  /// Match this area code instead of the destination's.
  package var areaCode: String?
  package var campaign: CallerText?
  package var agent: CallerText?
  /// Draw only from this pool; nil: from the campaign's, or `default`.
  package var pool: String?
  /// Draw only from numbers of this carrier.
  package var carrier: String?
  /// Seconds; nil: the campaign's, or the setting's; 0: no reservation.
  package var reservationTTL: Int?
  /// Asterisk's name for the call, by which `release` finds its reservation.
  package var uniqueID: CallerText?
  package var callCode: VICIdialCallName?
  /// Whether the cluster is to be asked first where other dialers, or nobody, have numbers that suit better. Whoever sets
  /// this asks it, and then the store again.
  package var asksCluster = false

  package init(destination: String) { self.destination = destination }

  package static let maximumTTL = 86_400
}

/// The result of a request, in the words of `CALLERID_STATUS`.
package enum Status: String, CaseIterable, Sendable {
  case ok = "OK"
  /// The call shows a caller-ID that somebody chose, and keeps it.
  case kept = "KEPT"
  /// Every number that would do is at its limit, reserved, resting or disabled.
  case noneAvailable = "NONE_AVAILABLE"
  /// The agent asked more often than allowed.
  case rateLimited = "RATE_LIMITED"
  /// No usable destination, an unknown option, an unknown pool.
  case badRequest = "BAD_REQUEST"
  /// The store stayed locked past the time allowed.
  case storeBusy = "STORE_BUSY"
  /// No store, not a store, other schema, unreadable, disk full, corrupt.
  case storeError = "STORE_ERROR"

  package init(_ error: StoreError) {
    switch error.kind {
    case .busy: self = .storeBusy
    case .refused, .unknown: self = .badRequest
    default: self = .storeError
    }
  }
}

/// How well a number suits the destination.
package enum Match: String, CaseIterable, Sendable {
  /// It serves the destination's area code.
  case area
  /// It serves another area code of the same state or province.
  case region
  /// It serves neither, but is of the destination's country. At home it is said only where `match` is `country`.
  case country
  /// It is none of these, and none of them was eligible.
  case any
  /// The same destination, or agent, had it before.
  case sticky
  /// No number was eligible: it is the least used of those that other calls hold.
  case exhausted
}

/// The store's answer to a request.
package enum Answer: Sendable {
  case granted(Grant)
  /// The call keeps its caller-ID, because `respect_existing` says so.
  case kept(reason: String)
  /// No number was picked; the reason is one line of text.
  case refused(Status, reason: String)
  /// Nothing was picked yet: the cluster has numbers that suit better; see `Request.asksCluster`.
  case elsewhere(LeaseWish)

  package var status: Status {
    switch self {
    case .granted: .ok
    case .kept: .kept
    case .refused(let status, _): status
    case .elsewhere: .noneAvailable
    }
  }
}

/// The number that a call may show.
package struct Grant: Sendable {
  /// The ID of the request in the request log.
  package let request: Int
  package let number: Number
  /// The number in the form that the settings ask for.
  package let callerID: String
  /// The area code it was picked for, or the first that it serves.
  package let areaCode: String?
  package let match: Match
  /// Seconds since 1970-01-01 UTC; nil if nothing was reserved.
  package let reservedUntil: Int?
}
