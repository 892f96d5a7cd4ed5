// Picks in one process: what the library does, with no start of a process around it.
//
//   callerid-bench STORE COUNT [to=DESTINATION] [ttl=SECONDS] [ago=SECONDS] [rate=PICKS] [group=PICKS]
//
// Destinations go round the first 200 area codes in service, unless one is given. The clock begins AGO seconds before now and
// goes on by a second every RATE picks, so that reservations end as they do on a dialer; with rate=0 it stands still. So many
// picks as GROUP says are made in one transaction, a part of it each, as a process does that answers all who wait at once.
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
  let store = try Store(path: path, logCopying: .handedOn, clock: clock)
  let areaCodes = Set(Region.all.flatMap(\.areaCodes)).sorted().prefix(200)
  var requests =
    option("to").map { [Request(destination: $0)] } ?? areaCodes.map { Request(destination: "1\($0)5551212") }
  for index in requests.indices {
    requests[index].campaign = CallerText("SALES")
    requests[index].agent = CallerText("1001")
    requests[index].reservationTTL = option("ttl").flatMap { Int($0) }
  }
  let group = max(1, option("group").flatMap { Int($0) } ?? 1)
  var granted = 0
  let duration = try ContinuousClock().measure {
    for start in stride(from: 0, to: count, by: group) {
      granted += try store.write { transaction in
        try (start..<min(start + group, count)).count { index in
          var request = requests[index % requests.count]
          request.uniqueID = CallerText("1790000000.\(index)")
          defer { picksDone.add(1, ordering: .relaxed) }
          return try transaction.part { try transaction.pick(request) }.get().status == .ok
        }
      }
      // As the server has it done, which has a thread for it.
      store.handOnLog { _ in
        Store.copyLog(ofStore: path)
        store.endHandedOnLog()
      }
    }
  }
  print(granted, duration / .seconds(1))
}

guard CommandLine.arguments.count > 2, let count = Int(CommandLine.arguments[2]) else {
  print("usage: callerid-bench STORE COUNT [to=DESTINATION] [ttl=SECONDS] [ago=SECONDS] [rate=PICKS] [group=PICKS]")
  exit(2)
}
Store.useOneThread()
do {
  try run(path: CommandLine.arguments[1], count: count)
} catch {
  print("callerid-bench: \(error)")
  exit(1)
}
