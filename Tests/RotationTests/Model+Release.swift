extension Model {
  // MARK: Releases

  /// Frees what a call holds, and takes down what became of it: once, for the number that it showed last.
  ///
  /// - Returns: the numbers that it still held.
  mutating func release(call: String, status: String?, answered: Int?) -> [String] {
    var freed: [String] = []
    for grant in grants.indices where grants[grant].isOpen && grants[grant].call == call {
      grants[grant].isOpen = false
      guard let index = lines.firstIndex(where: { $0.id == grants[grant].line }) else { continue }
      if free(index, of: grant) { freed.append(lines[index].digits) }
    }
    if let status, let last = grants.lastIndex(where: { $0.call == call }), !grants[last].isReported {
      grants[last].isReported = true
      if let index = lines.firstIndex(where: { $0.id == grants[last].line }) { count(status, answered, of: index) }
    }
    return freed
  }

  /// Frees a number, whatever calls hold it.
  mutating func release(_ index: Int) -> Int {
    var freed = 0
    for hold in lines[index].reservations where hold.until > now {
      grants[hold.grant].isOpen = false
      if free(index, of: hold.grant) { freed += 1 }
    }
    return freed
  }

  mutating func releaseAll() -> Int { lines.indices.reduce(0) { $0 + release($1) } }

  private mutating func free(_ index: Int, of grant: Int) -> Bool {
    let isHeld = lines[index].reservations.contains { $0.grant == grant && $0.until > now }
    lines[index].reservations.removeAll { $0.grant == grant }
    return isHeld
  }

  // MARK: Rest

  private mutating func count(_ status: String, _ answered: Int?, of index: Int) {
    guard settings.restBelow != nil || settings.restAbove != nil else { return }
    let isAnswered = status == "ANSWER"
    lines[index].outcomes.append(
      Outcome(isAnswered: isAnswered, isShort: isAnswered && answered.map { $0 < settings.shortSeconds } ?? false))
    guard lines[index].restingUntil <= now, isPoor(lines[index].outcomes) else { return }
    let pool = lines.filter { $0.pool == lines[index].pool }
    guard (pool.count { $0.restingUntil > now } + 1) * 100 <= settings.restShare * pool.count else { return }
    lines[index].restingUntil = now + settings.restDays * 86_400
    lines[index].outcomes = []
  }

  private func isPoor(_ outcomes: [Outcome]) -> Bool {
    guard outcomes.count >= settings.restAfter else { return false }
    let answered = outcomes.count(where: \.isAnswered)
    if let rate = settings.restBelow, answered * 100 < rate * outcomes.count { return true }
    if let share = settings.restAbove, outcomes.count(where: \.isShort) * 100 > share * answered { return true }
    return false
  }

  /// By hand; a moment that is past wakes it.
  mutating func rest(_ index: Int, until: Int) {
    lines[index].restingUntil = until > now ? until : 0
    lines[index].outcomes = []
  }
}
