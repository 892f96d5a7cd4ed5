import Output
import Testing

struct CountingTests {
  @Test(arguments: [(1, "1 row"), (0, "0 rows"), (2, "2 rows")])
  func nounsAgreeWithTheirNumber(count: Int, text: String) {
    #expect(count.counting("row") == text)
  }
}
