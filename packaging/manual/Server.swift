/// callerid-server(8): its options, from what the program says of itself, and docs/server.md.
func serverPage(_ tool: Tool, guide: String, version: String) throws -> String {
  let root = tool.command
  var page = Page(title: root.commandName, version: version)
  page.section("NAME")
  page.line(roff(root.commandName) + " \\- " + roff(phrase(root.abstract ?? "")))
  page.section("SYNOPSIS")
  page.line(roff(root.commandName, in: .bold) + " [" + roff("<option>", in: .italic) + "...]")
  page.section("DESCRIPTION")
  page.discussion(root.discussion)
  page.section("OPTIONS")
  for argument in root.arguments ?? [] { page.argument(argument) }
  page.section("GUIDE")
  try page.markdown(guide, from: "docs/server.md")
  page.section("FILES")
  page.tagged(roff("/var/lib/callerid/callerid.db", in: .italic), ["The store."])
  page.tagged(roff("/etc/callerid/server.env", in: .italic), ["What the service is started with."])
  page.section("EXIT STATUS")
  page.line("0: ended by a signal. 1: it could not start. 64: called wrongly. Standard error says why.")
  page.section("SEE ALSO")
  page.line(roff("callerid-agi", in: .bold) + "(8), " + roff("callerid-admin", in: .bold) + "(8)")
  return page.text
}
