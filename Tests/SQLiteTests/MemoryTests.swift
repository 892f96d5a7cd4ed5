import CSQLite
import TestSupport
import Testing

/// The memory that SQLite has in a program of one thread.
@Suite(.serialized)
struct MemoryTests {
  private struct Piece {
    var bytes: UnsafeMutableRawPointer
    var size: Int
    let mark: UInt8

    func fill() { memset(bytes, Int32(mark), size) }
    func isWhole(_ count: Int) -> Bool {
      UnsafeRawBufferPointer(start: bytes, count: count).allSatisfy { $0 == mark }
    }
  }

  @Test func piecesKeepWhatIsInThemWhateverIsAskedForAndGivenBack() throws {
    var dice = SeededGenerator(seed: 7)
    var pieces: [Piece] = []
    for round in 0..<3000 {
      // Around each bound as well as anywhere.
      let size =
        dice.next() % 3 == 0 ? Int.random(in: 2020..<2060, using: &dice) : Int.random(in: 1..<5000, using: &dice)
      switch dice.next() % 3 {
      case 0 where pieces.count > 20:
        let piece = pieces.remove(at: Int.random(in: 0..<pieces.count, using: &dice))
        #expect(piece.isWhole(piece.size))
        csqlite_give_back(piece.bytes)
      case 1 where !pieces.isEmpty:
        let index = Int.random(in: 0..<pieces.count, using: &dice)
        let old = pieces[index].size
        pieces[index].bytes = try #require(csqlite_reallocate(pieces[index].bytes, Int32(size)))
        #expect(pieces[index].isWhole(min(old, size)))
        pieces[index].size = size
        pieces[index].fill()
      default:
        let piece = Piece(
          bytes: try #require(csqlite_allocate(Int32(size))), size: size, mark: UInt8(truncatingIfNeeded: round))
        piece.fill()
        pieces.append(piece)
      }
      let last = pieces.randomElement(using: &dice)
      #expect(last.map { UInt(bitPattern: $0.bytes) % 8 == 0 && csqlite_size_of($0.bytes) >= $0.size } ?? true)
    }
    for piece in pieces {
      #expect(piece.isWhole(piece.size))
      csqlite_give_back(piece.bytes)
    }
  }

  @Test(arguments: [1, 8, 9, 1000, 2040])
  func whatWasGivenBackIsUsedForTheNextOfItsLength(size: Int32) throws {
    let first = try #require(csqlite_allocate(size))
    csqlite_give_back(first)
    #expect(csqlite_allocate(csqlite_round_up(size)) == first)
    csqlite_give_back(first)
  }
}
