/// Where the floor calls, and how many people live there beside the other areas.
struct Area {
  let code: String
  let weight: Double

  /// Some forty area codes of the United States. Those of one city that overlay each other stand beside each other.
  static let unitedStates: [Area] =
    list(
      """
      212 14, 646 9, 917 12, 718 17, 516 14, 213 14, 323 16, 310 17, 818 18, 619 13, 858 10, 415 9, 312 12, 773 17, 847 13, \
      214 16, 972 18, 469 10, 713 17, 281 19, 832 13, 512 14, 210 16, 817 18, 305 16, 786 10, 954 17, 561 13, 407 15, \
      813 14, 404 12, 770 18, 678 10, 704 15, 215 16, 602 15, 480 14, 206 10, 303 15, 617 11, 702 16, 503 14
      """)

  static let canada: [Area] = list("416 14, 905 16, 514 13, 604 12")

  private static func list(_ text: String) -> [Area] {
    text.split(separator: ",").compactMap { pair in
      let words = pair.split { " \n".contains($0) }
      guard words.count == 2, let weight = Double(words[1]) else { return nil }
      return Area(code: String(words[0]), weight: weight)
    }
  }

  /// What a number of an area serves besides it, as operators write it who have few numbers of the others.
  static let overlays = ["212": "212 646 917", "214": "214 972 469", "713": "713 281 832", "305": "305 786"]
  /// The same of a whole state, for one pool only: a pick has to look for states wherever one number serves one.
  static let states = ["770": "GA", "617": "MA", "503": "OR", "206": "WA"]
}
