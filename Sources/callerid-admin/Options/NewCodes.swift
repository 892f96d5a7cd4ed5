import ArgumentParser
import Rotation

/// Whether numbers are taken whose area code this version does not know.
struct NewCodes: ParsableArguments {
  @Flag(help: "Take numbers of area codes that are newer than this program.") var newCodes = false

  var codes: PhoneNumber.Codes { newCodes ? .any : .known }
}
