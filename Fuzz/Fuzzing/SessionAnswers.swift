import Calls
import Foundation
import Rotation

/// What a store may say to a conversation. A real one has said it: a grant can be made by nothing else.
struct SessionAnswers: Sendable {
  static let shared = Result { try SessionAnswers() }

  let all: [StoreAnswer]

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-session-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/callerid.db"
    try Store.create(path: path)
    let store = try Store(path: path)
    var fields = NumberFields()
    try fields.set(.name, to: "The \"Dallas\" office")
    try fields.set(.carrier, to: "Acme Telecom")
    _ = try store.add(try PhoneNumber("2145550101"), fields)
    let answer = try store.pick(Request(destination: "12145551212"))
    var settings = Settings()
    settings.setName = .name
    let presenting = Presenting(settings)
    all = [
      .picked(answer, presenting), .picked(.kept(reason: "it is \"kept\""), presenting),
      .picked(.refused(.noneAvailable, reason: "none"), presenting),
      .released([try PhoneNumber("2145550101")]), .logged, .failed(StoreError(.busy, "the store is locked")),
    ]
  }
}
