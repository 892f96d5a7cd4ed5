internal import CSQLite

/// SQLite's settings of the whole process. A program asks for them before it opens its first database; later SQLite
/// refuses them (https://www.sqlite.org/c3ref/config.html).
package enum ProcessSettings {
  /// For a program whose databases are all used by one thread: without mutexes and memory statistics SQLite runs a tenth
  /// fewer instructions for each pick.
  package static func useOneThread() { _ = csqlite_use_one_thread() }

  /// For a program with several threads, none of which uses a database of another: SQLite keeps no statistics of its memory,
  /// for which each piece that it asks for and gives back would take a lock.
  package static func useThreads() { _ = csqlite_use_threads() }
}
