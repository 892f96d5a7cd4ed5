// What Asterisk starts with AGI(): wires stdin, stdout, the arguments and the store to a conversation, and tells by its
// exit status whether the call got a number (res_agi.c makes AGISTATUS of it).

import Calls
import Glibc
import Rotation

/// Time past the store's own for the conversation with Asterisk.
let graceMilliseconds = 30

func run() -> Int32 {
  if let path = LogCopier.store {
    Store.useOneThread()
    guard (try? StoreUser.become(ownerOf: path)) != nil else { return 1 }
    Store.copyLog(ofStore: path)
    return 0
  }
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
  let chosen = getenv("CALLERID_DB").map { String(cString: $0) }
  let arguments = Arguments(Array(CommandLine.arguments.dropFirst()), stores: chosen.map { .only($0) } ?? .any)
  let path = chosen ?? arguments.storePath ?? "/var/lib/callerid/callerid.db"
  // Under another user Asterisk is never root, but an operator who tries a call may be.
  var failure: StoreError?
  do throws(StoreError) { try StoreUser.become(ownerOf: path) } catch { failure = error }
  let timeout = failure == nil ? Store.callTimeout(path: path) : Settings().busyTimeoutMilliseconds
  var store = StoreQuestions(path: path, deadline: .after(milliseconds: timeout), failure: failure)
  let pipes = AsteriskPipes(end: .after(milliseconds: timeout + graceMilliseconds))
  var conversation = Conversation(.given(arguments))
  var step = Conversation.Step.wait
  while true {
    do throws(AsteriskPipes.Interruption) {
      switch step {
      case .wait: step = conversation.received(try pipes.read())
      case .look: step = try pipes.readAtOnce().map { conversation.received($0) } ?? conversation.heardAll()
      case .send(let lines): step = conversation.sent(try pipes.write(lines))
      case .ask(let question): step = conversation.answered(store.answer(question))
      case .finish(let ending):
        if let request = ending.givenBack { store.giveBack(request) }
        store.end()
        return ending.isSuccess ? 0 : 1
      }
    } catch .hungUp {
      step = conversation.hungUp()
    } catch {
      step = conversation.timedOut()
    }
  }
}

exit(run())
