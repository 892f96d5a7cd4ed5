import Foundation
import Synchronization

/// The terminal while a program draws on it, and listens to single keys.
///
/// It is given back as it was, however the program ends: by `giveBack()`, or by any signal that can be caught.
final class Screen {
  enum Event: Equatable {
    case key(UInt8)
    /// The terminal has another size now, or the program goes on after having been stopped.
    case changed
    /// Ctrl-C, or no more input.
    case end
    /// Nothing happened in the time given.
    case time
  }

  private let signals: Int32
  private var isCleared = false

  /// Takes the terminal over; nil where standard input and standard output are not one.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, modesBefore) == 0 else {
      return nil
    }
    // The reading end of a pipe that signal handlers write to: one poll(2) waits for keys and signals.
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

  func giveBack() { giveBackTerminal() }

  private func take() {
    let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    defer { modes.deallocate() }
    modes.initialize(from: modesBefore, count: 1)
    // Keys come one by one and unseen; Ctrl-C and Ctrl-Z go on being signals.
    modes.pointee.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, modes)
    // The other screen, without a cursor: what was on this one comes back.
    write("\u{1B}[?1049h\u{1B}[?25l")
    isCleared = false
  }

  // MARK: Drawing

  /// Columns and rows; the size of old where the terminal does not tell.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
    return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }

  /// Draws lines over those of before, in one write so that nothing flickers; they must fit.
  func draw(_ lines: [String]) {
    let home = isCleared ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H"
    isCleared = true
    write(home + lines.map { Terminal.safe($0) + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J")
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

  func wait(milliseconds: Int) -> Event {
    var sources = [STDIN_FILENO, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&sources, 2, Int32(clamping: milliseconds)) > 0 || errno == EINTR else { return .time }
    var byte: UInt8 = 0
    if sources[1].revents != 0, read(signals, &byte, 1) == 1 { return handle(Int32(byte)) }
    guard sources[0].revents != 0 else { return .time }
    // Ctrl-D is a key like others in this mode.
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

// MARK: - What signal handlers see
// They may call async-signal-safe functions only (signal-safety(7)), and have nothing but globals.

/// Written before the handlers that read it are in place. On the heap: of a global, and of a variable, the compiler leaves
/// the padding out here, and tcgetattr(3) writes three bytes past its end.
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
  // The signal ends the program as it would have without us, once this handler returns.
  signal(number, SIG_DFL)
  raise(number)
}

private func giveBackTerminal() {
  _ = write(STDOUT_FILENO, goodbye.utf8Start, goodbye.utf8CodeUnitCount)
  tcsetattr(STDIN_FILENO, TCSADRAIN, modesBefore)
}
