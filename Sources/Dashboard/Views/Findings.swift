import Output
import Rotation

/// Whether it works, in one sentence, and what an examination of the store has found.
struct Findings: Sendable {
  /// In one sentence: whether calls get numbers.
  let headline: String
  let level: String
  let worries: [Worry]
  /// What cron has done, in sentences.
  let upkeep: [Line]
  let examined: Stamp?
  /// What was found to be in order.
  let inOrder: [Check]
  let countInOrder: String

  struct Worry: Sendable {
    let level: String
    let check: String
    let message: String
    let hint: String?
  }

  struct Check: Sendable {
    let name: String
    let message: String
  }

  init(
    _ findings: [Finding], _ counts: CallCounts, _ census: Census?, upkeep: LastUpkeep?, examined: Int,
    in calendar: Rotation.Calendar
  ) {
    let worries = findings.filter { $0.level != .ok }
    self.worries = worries.sorted { $0.level == .problem && $1.level != .problem }.map {
      Worry(level: $0.level.rawValue, check: $0.check, message: $0.message, hint: $0.hint)
    }
    self.upkeep = upkeep?.sentences.map { Line($0, in: calendar) } ?? []
    inOrder = findings.filter { $0.level == .ok }.map { Check(name: $0.check, message: $0.message) }
    countInOrder = inOrder.count == 1 ? "One check" : "\(inOrder.count) checks"
    self.examined = Stamp(examined, in: calendar)
    let hour = counts.lastHour.map(\.tally)
    let (granted, refused) = (hour.map(\.allGranted).reduce(0, +), hour.map(\.allRefused).reduce(0, +))
    if worries.contains(where: { $0.level == .problem }) {
      (level, headline) = ("problem", "Something is wrong that stops calls from getting numbers, or soon will.")
    } else if census?.all.numbers == 0 {
      (level, headline) = ("warning", "There are no numbers yet. Bring them in with: callerid-admin import FILE")
    } else if granted + refused == 0 {
      (level, headline) = ("quiet", "No call has asked for a number in the last hour.")
    } else if refused * 20 > granted + refused {
      (level, headline) = (
        "warning", "\(refused.share(of: granted + refused)) of the last hour's calls got no number. See why below."
      )
    } else {
      (level, headline) = (
        "ok",
        "Calls get numbers: \(granted.share(of: granted + refused)) of the last hour's \((granted + refused).grouped)."
      )
    }
  }
}

extension LastUpkeep {
  /// What was done, and when.
  var sentences: [Sentence] {
    var sentences: [Sentence] = []
    if maintainedAt > 0 {
      sentences.append("The nightly maintenance last ran at \(time: maintainedAt).")
    } else {
      sentences.append("The nightly maintenance has not run since \(time: known).")
    }
    if clearedAt > 0 { sentences.append("The counters of past hours were last cleared at \(time: clearedAt).") }
    if let backup {
      sentences.append("The newest backup, \(backup.name), was made at \(time: backup.at).")
    } else {
      sentences.append("There is no backup beside the store.")
    }
    return sentences
  }
}
