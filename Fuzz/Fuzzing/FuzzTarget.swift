/// What is fed hostile bytes, one reader of outside text each.
///
/// `run` throws `Broken` where a promise does not hold, and crashes where the code does: libFuzzer looks for inputs that
/// do either (`make fuzz`), and the tests replay those that are kept (`Fuzz/corpus`, a folder each).
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// What Asterisk sends.
  case environment, reply, session
  /// What Asterisk gets.
  case command
  /// What a dialplan asks.
  case arguments
  /// What a dialplan or a program asks over HTTP.
  case web
  /// What an operator writes.
  case csv, rows, cells, numberfile, settings
  /// Numbers, dial strings and names, whoever they come from.
  case text
  /// What people and programs are shown.
  case output
  /// What a damaged or doctored store holds.
  case store

  public func run(_ bytes: [UInt8]) throws {
    switch self {
    case .environment: try fuzzEnvironment(bytes)
    case .reply: try fuzzReply(bytes)
    case .session: try fuzzSession(bytes)
    case .command: try fuzzCommand(bytes)
    case .arguments: try fuzzArguments(bytes)
    case .web: try fuzzWeb(bytes)
    case .csv: try fuzzCSV(bytes)
    case .rows: try fuzzRows(bytes)
    case .cells: try fuzzCells(bytes)
    case .numberfile: try fuzzNumberFile(bytes)
    case .settings: try fuzzSettings(bytes)
    case .text: try fuzzText(bytes)
    case .output: try fuzzOutput(bytes)
    case .store: try fuzzStore(bytes)
    }
  }
}

/// A promise that an input breaks.
struct Broken: Error, CustomStringConvertible {
  let description: String
}

func expect(_ isKept: Bool, _ promise: @autoclosure () -> String) throws(Broken) {
  guard isKept else { throw Broken(description: promise()) }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// The parts of an input that is to hold several texts: a line each.
func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
}
