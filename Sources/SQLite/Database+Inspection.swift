internal import CSQLite

/// What tests of the cost of a call ask SQLite about its statements.
extension Database {
  /// Steps that SQLite's virtual machine has taken for the statements kept so far: the same for the same work, however
  /// busy the machine is (https://www.sqlite.org/c3ref/c_stmtstatus_counter.html).
  package var machineSteps: Int {
    var steps = 0
    eachStatement { steps += Int(sqlite3_stmt_status($0, SQLITE_STMTSTATUS_VM_STEP, 0)) }
    return steps
  }

  /// What `EXPLAIN QUERY PLAN` says of each statement kept so far (https://www.sqlite.org/eqp.html).
  package func queryPlans() throws(SQLiteError) -> [(sql: String, plan: [String])] {
    var statements: [String] = []
    eachStatement { statements.append(String(cString: sqlite3_sql($0))) }
    var plans: [(sql: String, plan: [String])] = []
    for sql in statements {
      let explanation = try Statement("EXPLAIN QUERY PLAN " + sql, on: handle)
      var plan: [String] = []
      while try explanation.step() { plan.append(Row(handle: explanation.handle)[3]) }
      plans.append((sql, plan))
    }
    return plans
  }

  private func eachStatement(_ body: (OpaquePointer) -> Void) {
    var statement = sqlite3_next_stmt(handle, nil)
    while let current = statement {
      body(current)
      statement = sqlite3_next_stmt(handle, current)
    }
  }
}
