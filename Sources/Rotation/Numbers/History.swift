internal import SQLite

/// What numbers, or all numbers, have carried: what an operator is told before it is forgotten.
package struct CallHistory: Equatable, Sendable {
  package var numbers = 0
  package var callsThisHour = 0
  package var callsToday = 0
  /// As far as the archive and the request log know.
  package var calls = 0
}

extension Store {
  /// What the numbers have carried so far.
  ///
  /// - Throws: `unknown` where the store does not have one of them.
  package func history(of phones: [PhoneNumber]) throws(StoreError) -> CallHistory {
    try read { snapshot in
      var history = CallHistory()
      var ids: Set<Int> = []
      let windows = snapshot.moment.windows
      for phone in phones {
        let number = try snapshot.existing(phone)
        guard ids.insert(number.id).inserted else { continue }
        history.callsToday += number.today.calls(in: windows.day)
        history.callsThisHour += number.thisHour.calls(in: windows.hour)
      }
      history.numbers = ids.count
      // Of each day that is archived the archive knows more: the log may have been pruned in part.
      try snapshot.database.each("SELECT number_id, sum(calls) FROM daily_usage GROUP BY number_id") { row in
        if ids.contains(row[0]) { history.calls += (row[1] as Int).counted }
      }
      let archived = try snapshot.archivedUntil()
      try snapshot.database.each(
        """
        SELECT number_id, count(*) FROM request WHERE id >= ? AND at >= ? AND status = 'OK' GROUP BY number_id
        """, snapshot.firstRequest(since: archived), archived
      ) { row in
        if let id = row[0] as Int?, ids.contains(id) { history.calls += row[1] }
      }
      return history
    }
  }

  /// What all numbers have carried in this hour and on this day.
  package func usageNow() throws(StoreError) -> CallHistory {
    var history = CallHistory()
    let windows = moment.windows
    try eachNumber { number in
      let (today, thisHour) = (number.today.calls(in: windows.day), number.thisHour.calls(in: windows.hour))
      if today > 0 || thisHour > 0 { history.numbers += 1 }
      history.callsToday += today
      history.callsThisHour += thisHour
    }
    return history
  }

  /// - Throws: `refused` for a number that has been used, unless those are to be removed as well; `unknown` for one that
  ///   the store does not have.
  package func checkRemoval(of phones: [PhoneNumber], evenIfUsed: Bool) throws(StoreError) {
    try read { snapshot in for phone in phones { try Self.checkRemoval(of: snapshot.existing(phone), evenIfUsed) } }
  }

  static func checkRemoval(of number: Number, _ evenIfUsed: Bool) throws(StoreError) {
    guard evenIfUsed || number.lastRequest == 0 else {
      throw StoreError.refused(
        "\(number.phone.written) has been used: people may ring it back",
        hint: "Keep it out of rotation with: retire; or delete it and its history with: remove --force")
    }
  }
}
