// Writes a page of the manual on standard output:
//
//   callerid-admin --experimental-dump-help | manual callerid-admin VERSION docs/settings.md
//   manual callerid-agi VERSION docs/dialplan.md
//   callerid-server --experimental-dump-help | manual callerid-server VERSION docs/server.md

import Foundation

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func page(_ arguments: [String]) throws -> String {
  guard arguments.count == 3 else { throw Failure("usage: manual PROGRAM VERSION FILE") }
  let text = try String(contentsOfFile: arguments[2], encoding: .utf8)
  switch arguments[0] {
  case "callerid-admin":
    let tool = try JSONDecoder().decode(Tool.self, from: FileHandle.standardInput.readDataToEndOfFile())
    return try adminPage(tool, settings: text, version: arguments[1])
  case "callerid-server":
    let tool = try JSONDecoder().decode(Tool.self, from: FileHandle.standardInput.readDataToEndOfFile())
    return try serverPage(tool, guide: text, version: arguments[1])
  case "callerid-agi": return try agiPage(dialplan: text, version: arguments[1])
  default: throw Failure("there is no manual of \(arguments[0])")
  }
}

do {
  print(try page(Array(CommandLine.arguments.dropFirst())), terminator: "")
} catch {
  FileHandle.standardError.write(Data("manual: \(error)\n".utf8))
  exit(1)
}
