import Access
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NumberFiles
import Output
import Rotation
import WebCalls

/// What can be changed on the page, and the way in and out. Each leads to a view that says what was done.
struct PageActions: Sendable {
  let editor: StoreOffice
  let frame: PageFrame

  func add(to router: Router<WebContext>) {
    router.get("/dashboard/login") { request, context in
      try await frame.page(Login(target: request.queryParameters()["target"] ?? ""), context)
    }
    router.post("/dashboard/login") { request, context in try await logIn(request, context) }
    router.post("/dashboard/logout") { request, context in
      _ = try await frame.form(of: request, context)
      if let session = context.session { frame.sessions.end(session) }
      return frame.redirect(to: "/dashboard/login", cookie: frame.cookie(nil, context))
    }
    router.post("/dashboard/numbers/{number}/rest") { request, context in
      try await change(request, context) { form, number, store in
        let end = try form.time("until", at: store.moment)
        try store.rest([number.phone], until: end, reason: CallerText(form.text("reason"))?.text ?? "")
        return Notice(
          "\(number.phone.written) rests until \(time: end).", in: store.settings.calendar, undo: undo(number, "wake"))
      }
    }
    router.post("/dashboard/numbers/{number}/wake") { request, context in
      try await change(request, context) { _, number, store in
        try store.rest([number.phone], until: 0, reason: "")
        return Notice("\(number.phone.written) rests no longer.")
      }
    }
    router.post("/dashboard/numbers/{number}/disable") { request, context in
      try await change(request, context) { _, number, store in
        try store.setState(.disabled, of: [number.phone])
        return Notice("\(number.phone.written) is disabled: calls do not get it.", undo: undo(number, "enable"))
      }
    }
    router.post("/dashboard/numbers/{number}/enable") { request, context in
      try await change(request, context) { _, number, store in
        try store.setState(.enabled, of: [number.phone])
        return Notice("\(number.phone.written) is enabled.", undo: undo(number, "disable"))
      }
    }
    router.post("/dashboard/numbers/{number}/release") { request, context in
      try await change(request, context) { _, number, store in
        let isReleased = try store.release(numbers: [number]).contains(true)
        return Notice(
          isReleased ? "\(number.phone.written) is released." : "No call held \(number.phone.written) any more.")
      }
    }
    router.post("/dashboard/numbers/{number}/limits") { request, context in
      try await change(request, context) { form, number, store in
        var fields = NumberFields()
        try fields.set(.hourlyLimit, to: form.text("hourly_limit"))
        try fields.set(.dailyLimit, to: form.text("daily_limit"))
        _ = try store.change(number.phone, fields)
        return Notice(
          "The limits of \(number.phone.written) are set.",
          undo: undo(
            number, "limits",
            [
              ("hourly_limit", NumberField.hourlyLimit.text(of: number)),
              ("daily_limit", NumberField.dailyLimit.text(of: number)),
            ]))
      }
    }
    router.post("/dashboard/numbers/{number}/retire") { request, context in
      try await change(request, context) { form, number, store in
        guard form["sure"] == "yes" else {
          throw StoreError(.refused, "\(number.phone.written) is retired only by somebody who says that they are sure")
        }
        try store.setState(.retired, of: [number.phone])
        return Notice("\(number.phone.written) is retired.", undo: undo(number, "enable"))
      }
    }
    router.post("/dashboard/numbers/{number}/fields") { request, context in
      try await change(request, context) { form, number, store in
        let changed = (NumberForm.fields + NumberForm.proofs).map(\.field).filter { field in
          form.has(field.rawValue) && form.text(field.rawValue) != field.text(of: number)
        }
        guard !changed.isEmpty else { return Notice("Nothing was different.") }
        var fields = NumberFields()
        for field in changed { try fields.set(field, to: form.text(field.rawValue)) }
        _ = try store.change(number.phone, fields)
        return Notice(
          "\(changed.map(\.rawValue).joined(separator: ", ")) of \(number.phone.written): set.",
          undo: undo(number, "fields", changed.map { ($0.rawValue, $0.text(of: number)) }))
      }
    }
    router.get("/dashboard/add") { request, context in
      try await frame.response(to: request, context) { context in
        try frame.doorman.require(.write, context)
        return AddView()
      }
    }
    router.post("/dashboard/add") { request, context in try await addNumber(request, context) }
    router.post("/dashboard/campaigns/{campaign}") { request, context in try await changeCampaign(request, context) }
  }

  private func undo(_ number: Number, _ action: String, _ fields: [(name: String, value: String)] = []) -> Notice.Undo {
    Notice.Undo(address: "/dashboard/numbers/\(number.phone.e164)/\(action)", fields: fields)
  }

  // MARK: In

  private func logIn(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let form = try await request.bodyParameters()
    let text = (form["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    guard let token = frame.doorman.token(of: text) else {
      return try await frame.failure(
        Refused(.unauthorized, "this token is not known, or was revoked"), context, again: "/dashboard/login")
    }
    guard token.role.includes(.read) else {
      return try await frame.failure(
        Refused(.forbidden, "the token \(token.name) has the role \(token.role.rawValue), which sees nothing"), context,
        again: "/dashboard/login")
    }
    // Only to a view: whoever sends a link to this form is not to say where it leads.
    let target = form["target"] ?? ""
    let isView = target == "/dashboard" || target.hasPrefix("/dashboard/") || target.hasPrefix("/dashboard?")
    let isSafe = isView && !target.contains("\\") && !target.unicodeScalars.contains { $0.value < 33 || $0.value > 126 }
    return frame.redirect(
      to: isSafe ? target : "/dashboard", cookie: frame.cookie(frame.sessions.cookie(of: token), context))
  }

  // MARK: Changes

  /// Changes a number, and leads to its view.
  private func change(
    _ request: HummingbirdCore.Request, _ context: WebContext,
    _ body: @escaping @Sendable (WebParameters, Number, Store) throws -> Notice
  ) async throws -> Response {
    let text = context.text("number")
    return try await frame.act(request, context, leadingTo: "/dashboard/numbers/\(Query.escaped(text))") { form in
      try await editor.ask(by: context.author) { store in try body(form, try store.find(store.phone(text)), store) }
    }
  }

  private func addNumber(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    do {
      let form = try await frame.form(of: request, context)
      try frame.require(.write, context)
      let text = form.text("number")
      do throws(StoreError) {
        let number = try await editor.ask(by: context.author) { store in
          var fields = NumberFields()
          for field in AddView.forms.map(\.field) where form[field.rawValue] != nil {
            try fields.set(field, to: form.text(field.rawValue))
          }
          return try store.add(store.newPhone(text, codes: .known), fields)
        }
        frame.tell(Notice("\(number.phone.written) is added.", undo: undo(number, "disable")), context)
        return frame.redirect(to: "/dashboard/numbers/\(number.phone.e164)")
      } catch {
        // With what was filled in.
        let given = Dictionary(form.all.map { ($0.name, $0.value) }) { $1 }
        return try await frame.page(AddView(number: text, given: given, error: error.description), context)
      }
    } catch let refused as Refused {
      return try await frame.failure(refused, context, again: "/dashboard/add")
    }
  }

  private func changeCampaign(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let text = context.text("campaign")
    let path = "/dashboard/campaigns/\(Query.escaped(text))"
    return try await frame.act(request, context, leadingTo: path) { form in
      try await editor.ask(by: context.author) { store in
        guard let name = CallerText(text) else { throw StoreError(.unknown, "there is no campaign \(text)") }
        let before = try store.campaign(named: name).terms
        let changed = CampaignSetting.allCases.filter { setting in
          form.has(setting.rawValue) && form.text(setting.rawValue) != setting.value(in: before)
        }
        guard !changed.isEmpty else { return Notice("Nothing was different.") }
        _ = try store.set(changed.map { ($0, form.text($0.rawValue)) }, of: name)
        return Notice(
          "\(changed.map(\.rawValue).joined(separator: ", ")): set.",
          undo: Notice.Undo(address: path, fields: changed.map { ($0.rawValue, $0.value(in: before)) }))
      }
    }
  }
}

extension WebParameters {
  /// The value of a field that may be empty.
  fileprivate func text(_ name: String) -> String { self[name] ?? "" }

  fileprivate func time(_ name: String, at moment: Moment) throws -> Int {
    guard let point = TimePoint(text(name)) else {
      throw StoreError(.refused, "the end of a rest is one of \(TimePoint.futureHelp); not \"\(text(name))\"")
    }
    return try point.future(at: moment)
  }
}
