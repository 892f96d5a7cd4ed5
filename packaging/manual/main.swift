// Writes a page of the manual on standard output, from what it reads on standard input:
//
//   callerid-admin --experimental-dump-help | manual callerid-admin VERSION
//   manual callerid-agi VERSION < README.md

import Foundation

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func page(_ arguments: [String]) throws -> String {
  guard arguments.count == 2 else { throw Failure("usage: manual PROGRAM VERSION") }
  let input = FileHandle.standardInput.readDataToEndOfFile()
  switch arguments[0] {
  case "callerid-admin":
    return adminPage(try JSONDecoder().decode(Tool.self, from: input), version: arguments[1])
  case "callerid-agi":
    return try agiPage(readme: String(decoding: input, as: UTF8.self), version: arguments[1])
  default: throw Failure("there is no manual of \(arguments[0])")
  }
}

do {
  print(try page(Array(CommandLine.arguments.dropFirst())), terminator: "")
} catch {
  FileHandle.standardError.write(Data("manual: \(error)\n".utf8))
  exit(1)
}
