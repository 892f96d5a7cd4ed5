import CallVectors

@testable import Calls
@testable import Rotation

/// What a store says to a question, by what is in it, in a store's own words: enough for the vectors, without a store.
struct StockedStore {
  let stock: CallVector.Stock
  /// Whether a call holds the number.
  private(set) var isHeld: Bool
  static let request = 42

  init(_ stock: CallVector.Stock) {
    self.stock = stock
    isHeld = stock == .held
  }

  mutating func answer(_ question: Question) throws -> StoreAnswer {
    switch (stock, question) {
    case (_, .logRefusal): return .logged
    case (.locked, _): return .failed(StoreError(.busy, "the store is locked by another process"))
    case (.missing, _): return .failed(StoreError(.missing, "there is no store at \(CallVector.storePath)"))
    case (.empty, .pick):
      return .picked(.refused(.noneAvailable, reason: "there is no number that would do"), Presenting(Settings()))
    case (_, .pick(let request)) where request.respectExisting && request.callerID == CallVector.number:
      return .picked(.kept(reason: "the call shows one of our numbers already"), Presenting(Settings()))
    case (_, .pick(let request)):
      isHeld = request.reservationTTL != 0
      return .picked(.granted(try Self.grant()), Presenting(Settings()))
    case (_, .release):
      defer { isHeld = false }
      return .released(isHeld ? [try PhoneNumber(CallVector.number)] : [])
    }
  }

  mutating func giveBack(_ request: Int) {
    if request == Self.request { isHeld = false }
  }

  static func grant() throws -> Grant {
    var number = Number(
      try PhoneNumber(CallVector.number), in: Pool(id: 1, name: "default", reach: [], scopes: []), addedAt: 0)
    number.carrier = Carrier(id: 1, name: CallVector.carrier)
    number.name = CallVector.numberName
    return Grant(
      request: request, number: number, callerID: CallVector.number, areaCode: "214", match: .area, reservedUntil: 120)
  }
}
