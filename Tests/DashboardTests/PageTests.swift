import Foundation
import Output
import Rotation
import Testing

@testable import Dashboard

struct PageTests {
  /// A quote or a bracket is one also where a combining mark makes one character of both.
  @Test(arguments: ["\"", "<", ">", "&", "'"])
  func whatHTMLReadsIsEscapedWhateverFollows(text: String) {
    for mark in ["", "\u{301}", "\u{20E3}", "\u{200D}", "\u{FE0F}"] {
      let escaped = EscapedText().escapeText("a" + text + mark + "b")
      #expect(!escaped.unicodeScalars.dropFirst(2).dropLast().contains { "\"<>'".unicodeScalars.contains($0) })
      #expect(escaped.hasPrefix("a&") && escaped.hasSuffix("b"))
    }
  }

  @Test func aPageEscapesWhatItIsGiven() throws {
    let hostile = "\"\u{301}><script>alert(1)</script>"
    let notice = Notice(hostile, isError: true, undo: .init(address: hostile, fields: [(hostile, hostile)]))
    let page = try Page(
      Failure(title: hostile, text: hostile, again: hostile),
      Surroundings(
        viewer: Viewer(name: hostile, mayWrite: true, formToken: hostile), store: hostile, zone: hostile,
        version: hostile, notice: notice))
    #expect(page.html.contains("&quot;\u{301}&gt;&lt;script&gt;"))
    #expect(!page.html.unicodeScalars.split(separator: "\"").contains { $0.first == "\u{301}" })
    #expect(!page.html.contains("<script>alert"))
  }

  @Test func everyTemplateIsRead() throws {
    let templates = try Templates.all.get()
    for place in Place.allCases { #expect(try !templates.text(place.rawValue, ["view": [String: String]()]).isEmpty) }
    #expect(throws: (any Error).self) { try templates.text("nothing", [String: String]()) }
  }

  @Test func anAddressKeepsWhatIsSearchedFor() {
    #expect(Query.path("/x", ["a": "ä &=?#/%+\"", "b": ""]) == "/x?a=%C3%A4%20%26%3D%3F%23%2F%25%2B%22")
    #expect(Query.path("/x", [:]) == "/x")
  }

  @Test(arguments: [
    (0, 0, "–"), (0, 7, "0\u{202F}%"), (7, 7, "100\u{202F}%"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"),
    (1, 3, "33\u{202F}%"),
  ])
  func aShareIsAllOnlyWhereItIsAll(part: Int, whole: Int, text: String) { #expect(part.share(of: whole) == text) }

  @Test func numbersAreGroupedAsPeopleReadThem() {
    #expect(
      [7, 1000, 62_000, 1_234_567].map(\.grouped) == ["7", "1\u{202F}000", "62\u{202F}000", "1\u{202F}234\u{202F}567"])
  }

  @Test(arguments: [(0, 1), (1, 1), (3, 3), (7, 8), (11, 20), (201, 300), (999, 1000)])
  func theScaleOfAChartEndsAtARoundNumber(most: Int, top: Int) {
    let chart = BarChart(kinds: ["area"], bars: [.init(label: "", title: "", values: [most])], summary: "")
    #expect(chart.top == top)
  }

  /// Scripts show it in the viewer's zone; without them it is that of the store.
  @Test func aMomentOfASentenceIsATimeOfItsOwn() throws {
    let calendar = Rotation.Calendar(timeZone: "America/New_York")
    let sentence: Sentence = "Until \(time: 1_800_000_000) it \("<rests>")."
    #expect(sentence.text(in: calendar) == "Until 2027-01-15 03:00:00 it <rests>.")
    let html = try Templates.all.get().text("pieces", Line(sentence, in: calendar))
    #expect(
      html
        == "Until <time datetime=\"2027-01-15T08:00:00Z\" title=\"2027-01-15 03:00:00\">2027-01-15 03:00:00</time> it "
        + "&lt;rests&gt;.")
    let short: Sentence = "\(sentence) \(minute: 1_800_000_000)"
    #expect(short.text(in: calendar).hasSuffix(". 2027-01-15 03:00"))
  }

  @Test func aBarKnowsItsMoment() {
    let stamp = Stamp(1_800_000_000, in: Rotation.Calendar(timeZone: "UTC"))
    let bar = BarChart.Bar(label: "08:00", title: "08:00: 1 call", values: [1], at: stamp)
    let svg = BarChart(kinds: ["area"], bars: [bar], summary: "").svg
    #expect(svg.contains("<title data-utc=\"2027-01-15T08:00:00Z\">08:00: 1 call</title>"))
    #expect(svg.contains("<text class=\"label\" data-utc=\"2027-01-15T08:00:00Z\" x="))
  }

  /// No attribute `style`: the page's rules forbid it.
  @Test func aChartIsDrawnByClassesAlone() {
    let bars = (0..<60).map { BarChart.Bar(label: "<", title: "\"", values: [$0, 60 - $0]) }
    let svg = BarChart(kinds: ["area", "refused"], bars: bars, summary: "'").svg
    #expect(!svg.contains("style=") && svg.contains("&lt;") && svg.contains("&quot;"))
    #expect(svg.components(separatedBy: "class=\"touch\"").count == 61)
  }
}
