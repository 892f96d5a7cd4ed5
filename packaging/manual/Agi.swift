/// callerid-agi(8): docs/dialplan.md, which is the one place where its options are written down.
func agiPage(dialplan: String, version: String) throws -> String {
  var page = Page(title: "callerid-agi", version: version)
  page.section("NAME")
  page.line("callerid\\-agi \\- give an outbound call of Asterisk the next caller\\-ID")
  page.section("SYNOPSIS")
  page.line(roff("AGI(callerid-agi[,<campaign>[,<agent>[,<option>=<value>]...]])", in: .bold))
  page.section("DESCRIPTION")
  try page.markdown(dialplan, from: "docs/dialplan.md")
  page.section("FILES")
  page.tagged(roff("/var/lib/callerid/callerid.db", in: .italic), ["The store."])
  page.section("ENVIRONMENT")
  page.tagged(roff("CALLERID_DB", in: .bold), [roff("The store. A db= that names another one is refused.")])
  page.section("SEE ALSO")
  page.line(roff("callerid-admin", in: .bold) + "(8)")
  return page.text
}
