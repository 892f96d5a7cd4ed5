// Picks in one process: what the library does, with no start of a process around it.
//
//   callerid-bench STORE COUNT [to=DESTINATION] [ttl=SECONDS] [ago=SECONDS] [rate=PICKS]
//
// Destinations go round the first 200 area codes in service, unless one is given. The clock begins AGO seconds before now and
// goes on by a second every RATE picks, so that reservations end as they do on a dialer; with rate=0 it stands still.
// Prints how many picks got a number, and the seconds that all took.

import Glibc
import Rotation
import Synchronization

let picksDone = Atomic<Int>(0)

func option(_ name: String) -> String? {
  CommandLine.arguments.dropFirst(3).first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
}

func run(path: String, count: Int) throws {
  let rate = option("rate").flatMap { Int($0) } ?? 100
  let start = time(nil) - (option("ago").flatMap { Int($0) } ?? 0)
  let clock = Clock { rate > 0 ? start + picksDone.load(ordering: .relaxed) / rate : start }
  let store = try Store(path: path, clock: clock)
  let areaCodes = Set(Region.all.flatMap(\.areaCodes)).sorted().prefix(200)
  var requests =
    option("to").map { [Request(destination: $0)] } ?? areaCodes.map { Request(destination: "1\($0)5551212") }
  for index in requests.indices {
    requests[index].campaign = CallerText("SALES")
    requests[index].agent = CallerText("1001")
    requests[index].reservationTTL = option("ttl").flatMap { Int($0) }
  }
  var granted = 0
  let duration = try ContinuousClock().measure {
    for index in 0..<count {
      var request = requests[index % requests.count]
      request.uniqueID = CallerText("1790000000.\(index)")
      if case .granted = try store.pick(request) { granted += 1 }
      picksDone.add(1, ordering: .relaxed)
    }
  }
  print(granted, duration / .seconds(1))
}

guard CommandLine.arguments.count > 2, let count = Int(CommandLine.arguments[2]) else {
  print("usage: callerid-bench STORE COUNT [to=DESTINATION] [ttl=SECONDS] [ago=SECONDS] [rate=PICKS]")
  exit(2)
}
Store.useOneThread()
do {
  try run(path: CommandLine.arguments[1], count: count)
} catch {
  print("callerid-bench: \(error)")
  exit(1)
}
