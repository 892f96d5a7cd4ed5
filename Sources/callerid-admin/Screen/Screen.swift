import Foundation
import Output
import Synchronization

/// The terminal while the program draws on all of it and reads single keys.
///
/// However the program ends, the terminal is restored to what it was: by `giveBack()`, or by the handler of any signal
/// that can be caught.
final class Screen {
  enum Event: Equatable {
    case key(UInt8)
    /// The terminal has another size now, or the program continues after it was stopped with Ctrl-Z.
    case changed
    /// Ctrl-C, Ctrl-D, or the end of the input.
    case end
    /// Nothing happened in the time allowed.
    case time
  }

  private let signals: Int32
  private var isCleared = false

  /// Takes over the terminal. Returns nil where standard input or standard output is not a terminal.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, modesBefore) == 0 else {
      return nil
    }
    // The signal handlers write to a pipe, so that one poll(2) waits for both keys and signals.
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else { return nil }
    signals = pipe[0]
    signalPipe.store(pipe[1], ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGWINCH, SIGTSTP, SIGCONT] { signal(number, noteSignal) }
    for number in [SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE] {
      signal(number, giveBackAndEnd)
    }
    take()
  }

  /// Restores the terminal.
  func giveBack() { giveBackTerminal() }

  private func take() {
    let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    defer { modes.deallocate() }
    modes.initialize(from: modesBefore, count: 1)
    // Keys are read one by one and are not echoed. Ctrl-C and Ctrl-Z remain signals.
    modes.pointee.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, modes)
    // The terminal's alternate screen, without a cursor. The normal screen keeps what was on it.
    write("\u{1B}[?1049h\u{1B}[?25l")
    isCleared = false
  }

  // MARK: Drawing

  /// The terminal's size in characters, or 80 by 24 where it does not tell.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
    return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }

  /// Replaces what is on the screen with lines that must fit on it, in one write so that nothing flickers.
  func draw(_ lines: [String]) {
    let home = isCleared ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H"
    isCleared = true
    write(home + lines.map { TerminalText.safe($0) + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J")
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count < 0, errno != EINTR { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
      }
    }
  }

  // MARK: Listening

  /// Waits for a key or a signal, for so long at most.
  func wait(milliseconds: Int) -> Event {
    var sources = [STDIN_FILENO, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&sources, 2, Int32(clamping: milliseconds)) > 0 || errno == EINTR else { return .time }
    var byte: UInt8 = 0
    if sources[1].revents != 0, read(signals, &byte, 1) == 1 { return handle(Int32(byte)) }
    guard sources[0].revents != 0 else { return .time }
    // In this mode Ctrl-D arrives as the byte 4.
    return read(STDIN_FILENO, &byte, 1) == 1 && byte != 4 ? .key(byte) : .end
  }

  private func handle(_ number: Int32) -> Event {
    switch number {
    case SIGINT: return .end
    case SIGTSTP:
      giveBackTerminal()
      raise(SIGSTOP)
      return .changed
    case SIGCONT: take()
    default: break
    }
    isCleared = false
    return .changed
  }
}

// MARK: - Signal handlers
// They may only call async-signal-safe functions (signal-safety(7)), and can only reach globals.

/// The terminal's modes before the program changed them. It is written before the handlers that read it are installed.
///
/// It is on the heap because the compiler leaves the padding at the end of a `termios` out of a variable or a global,
/// and tcgetattr(3) writes it: three bytes past the end.
nonisolated(unsafe) private let modesBefore = UnsafeMutablePointer<termios>.allocate(capacity: 1)
private let signalPipe = Atomic<Int32>(-1)
private let goodbye: StaticString = "\u{1B}[?25h\u{1B}[?1049l"

private func noteSignal(_ number: Int32) {
  let before = errno
  var byte = UInt8(number)
  _ = write(signalPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
  errno = before
}

private func giveBackAndEnd(_ number: Int32) {
  giveBackTerminal()
  // Once this handler returns, the signal ends the program as it would have done without the handler.
  signal(number, SIG_DFL)
  raise(number)
}

private func giveBackTerminal() {
  _ = write(STDOUT_FILENO, goodbye.utf8Start, goodbye.utf8CodeUnitCount)
  tcsetattr(STDIN_FILENO, TCSADRAIN, modesBefore)
}
