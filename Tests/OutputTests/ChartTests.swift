import Output
import Testing

struct ChartTests {
  @Test func blocksAreForTerminalsOfUTF8() {
    #expect(Chart.isUTF8(["LANG": "C.UTF-8"]))
    #expect(Chart.isUTF8(["LC_ALL": "", "LC_CTYPE": "de_DE.utf8", "LANG": "C"]))
    #expect(!Chart.isUTF8(["LC_ALL": "C", "LANG": "C.UTF-8"]))
    #expect(!Chart.isUTF8([:]))
    let blocks = Chart(hasBlocks: true)
    #expect(blocks.sparkline([0, 1, 4, 8]) == " ▁▄█")
    #expect(blocks.sparkline([0, 0]) == "  ")
    #expect(blocks.bar(8, most: 8, width: 2) == "██")
    #expect(blocks.bar(3, most: 8, width: 2) == "▊")
    #expect(blocks.bar(1, most: 1000, width: 2) == "▏")
    #expect(blocks.bar(0, most: 8, width: 2).isEmpty)
    let ascii = Chart(hasBlocks: false)
    #expect(ascii.sparkline([0, 1, 8]) == " .@")
    #expect(ascii.bar(1, most: 2, width: 4) == "##")
  }
}
