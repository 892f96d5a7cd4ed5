import NIOCore

/// What is ended when its time is over, unless it has ended by itself.
protocol Watched: AnyObject {
  /// Used on the watch's loop, as all else here.
  var due: NIODeadline { get }
  func timeOut()
}

/// Looks now and then whose time is over, among all that one loop serves. A timer for each would have to be found among
/// those of all others whenever it is put off: with ten thousand idle connections that takes longer than a pick.
///
/// It is used on its loop.
final class Watch {
  private let loop: any EventLoop
  /// Between two looks: how much later than it is due something may end.
  private let interval: TimeAmount
  private var watched: [ObjectIdentifier: any Watched] = [:]
  private var isLooking = false

  init(on loop: any EventLoop, every interval: TimeAmount) {
    self.loop = loop
    self.interval = interval
  }

  /// Keeps something until it is removed. Its `due` may change at any time.
  func add(_ one: any Watched) {
    watched[ObjectIdentifier(one)] = one
    if !isLooking { lookLater() }
  }

  func remove(_ one: any Watched) { watched[ObjectIdentifier(one)] = nil }

  private func lookLater() {
    isLooking = true
    loop.assumeIsolated().scheduleTask(in: interval) { self.look() }
  }

  private func look() {
    isLooking = false
    let now = NIODeadline.now()
    for one in watched.values.filter({ $0.due <= now }) { one.timeOut() }
    if !watched.isEmpty { lookLater() }
  }
}
