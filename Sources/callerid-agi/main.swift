// What Asterisk starts with AGI(): wires stdin, stdout and the arguments to a call, and tells by its exit status
// whether the call got a number (res_agi.c makes AGISTATUS of it).

import AGI
import Glibc
import Rotation

/// Time past the store's own for the conversation with Asterisk.
let graceMilliseconds = 30

func run() -> Int32 {
  // For callerid-admin doctor, and for people.
  if CommandLine.argc == 2, CommandLine.unsafeArgv[1].map({ strcmp($0, "--version") }) == 0 {
    let text = Version.text
    return write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount) > 0 && write(STDOUT_FILENO, "\n", 1) > 0 ? 0 : 1
  }
  guard isatty(STDIN_FILENO) == 0 else {
    let help: StaticString = """
      callerid-agi is started by Asterisk, from the dialplan:
        AGI(callerid-agi[,campaign[,agent[,option=value]...]])
      Try a pick by hand with: callerid-admin next --to 12145551212

      """
    write(STDERR_FILENO, help.utf8Start, help.utf8CodeUnitCount)
    return 2
  }
  HangUp.prepare()
  Store.useOneThread()
  var arguments = Arguments()
  let invalid = arguments.read(Array(CommandLine.arguments.dropFirst()))
  let path =
    arguments.storePath ?? getenv("CALLERID_DB").map { String(cString: $0) } ?? "/var/lib/callerid/callerid.db"
  let timeout = Store.callTimeout(path: path)
  let deadline = Deadline.after(milliseconds: timeout)
  let end = Deadline.after(milliseconds: timeout + graceMilliseconds)
  var session = Session { end.remainingMilliseconds }
  do throws(SessionError) {
    let call = Call(
      arguments: arguments, environment: try session.readEnvironment(), storePath: path, deadline: deadline)
    return try call.answer(over: &session, invalid: invalid) ? 0 : 1
  } catch .hungUp {
    return 0
  } catch {
    return 1
  }
}

exit(run())
