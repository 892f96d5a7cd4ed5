/// Stacked bars over time as SVG. What colours say is said in a legend and in a table beside it as well.
struct BarChart: Sendable {
  struct Bar: Sendable {
    /// What stands below it; empty for most.
    let label: String
    /// What a pointer on it shows.
    let title: String
    let values: [Int]
    /// When it begins, where the label and the first five letters of the title are a time of day: scripts show it in the
    /// viewer's zone.
    var at: Stamp?
  }

  /// The classes of the values' colours, in the style sheet.
  let kinds: [String]
  let bars: [Bar]
  /// In the units of the drawing, of which a letter has ten.
  var width = 720
  /// What it shows, for those who do not see it.
  let summary: String

  /// For a column of a page.
  static let narrow = 380
  private static let (height, foot, side) = (150, 18, 34)

  /// The upper end of the scale: a round number, little above the highest bar.
  var top: Int {
    let most = bars.map { $0.values.reduce(0, +) }.max() ?? 0
    var step = 1
    while step * 10 <= most { step *= 10 }
    for factor in [1, 2, 3, 4, 5, 6, 8, 10] where step * factor >= most { return max(1, step * factor) }
    return max(1, most)
  }

  /// Every text in it is the program's own or a number, but it is escaped all the same.
  var svg: String {
    let escape = EscapedText().escapeText
    let (top, plot) = (top, Self.height - Self.foot)
    let pitch = Double(width - Self.side) / Double(max(1, bars.count))
    var svg = """
      <svg class="chart" viewBox="0 0 \(width) \(Self.height)" role="img" aria-label="\(escape(summary))">
      """
    for line in [0, 1, 2] {
      let y = 4 + (plot - 4) * line / 2
      svg += #"<line class="rule" x1="\#(Self.side)" x2="\#(width)" y1="\#(y)" y2="\#(y)"/>"#
      if line != 1 || top % 2 == 0 {
        svg += #"<text class="scale" x="\#(Self.side - 6)" y="\#(y + 4)">\#((top * (2 - line) / 2).grouped)</text>"#
      }
    }
    for (index, bar) in bars.enumerated() {
      let x = Double(Self.side) + pitch * Double(index)
      var y = Double(plot)
      let moment = bar.at.map { " data-utc=\"\(escape($0.utc))\"" } ?? ""
      svg += "<g><title\(moment)>\(escape(bar.title))</title>"
      svg += #"<rect class="touch" x="\#(x.short)" y="0" width="\#(pitch.short)" height="\#(plot)"/>"#
      for (kind, value) in zip(kinds, bar.values) where value > 0 {
        let height = Double(plot - 4) * Double(value) / Double(top)
        y -= height
        svg +=
          #"<rect class="\#(kind)" x="\#((x + pitch * 0.1).short)" y="\#(y.short)" width="\#((pitch * 0.8).short)" height="\#(height.short)"/>"#
      }
      svg += "</g>"
      if !bar.label.isEmpty {
        // A letter is six units wide: no label goes over the edge.
        let middle = min(x + pitch / 2, Double(width) - 3 * Double(bar.label.count))
        svg +=
          #"<text class="label"\#(moment) x="\#(middle.short)" y="\#(Self.height - 4)">\#(escape(bar.label))</text>"#
      }
    }
    return svg + "</svg>"
  }

  /// A bar of shares of one whole, such as the states of a pool's numbers.
  static func shares(_ parts: [(kind: String, count: Int)], summary: String) -> String {
    let whole = max(1, parts.map(\.count).reduce(0, +))
    var x = 0.0
    var svg =
      #"<svg class="shares" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\#(EscapedText().escapeText(summary))">"#
    for part in parts where part.count > 0 {
      let width = 100 * Double(part.count) / Double(whole)
      svg += #"<rect class="\#(part.kind)" x="\#(x.short)" y="0" width="\#(width.short)" height="8"/>"#
      x += width
    }
    return svg + "</svg>"
  }
}

extension Double {
  /// With one digit behind the point.
  fileprivate var short: String {
    let tenths = Int((self * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
