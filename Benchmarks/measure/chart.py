"""The results as one SVG picture, for light and dark pages."""

from html import escape

WIDTH, LEFT, RIGHT = 860, 300, 730  # of the picture; where bars begin and may end
LINE = 24

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .quiet { fill: #59636e }
  .ours, .met { fill: #0969da } .other { fill: #8c959f } .missed { fill: #cf5a00 }
  line { stroke: #59636e; stroke-width: 1.5 } .goal { stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } line { stroke: #9198a1 }
    .ours, .met { fill: #4493f8 } .other { fill: #6e7681 } .missed { fill: #f0883e }
  }
"""


class Picture:
    def __init__(self):
        self.parts, self.y = [], 0

    def text(self, x, text, kind="", anchor="start"):
        self.parts.append(f'<text x="{x:.0f}" y="{self.y}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>')

    def title(self, title, subtitle):
        self.y += 36
        self.text(12, title, "title")
        self.y += 20
        self.text(12, subtitle, "quiet")
        self.y += 8

    def bar(self, label, length, kind):
        """A bar to `length`, of 1. Returns where it ends."""
        self.y += LINE
        end = LEFT + (RIGHT - LEFT) * min(length, 1)
        self.text(LEFT - 10, label, anchor="end")
        self.parts.append(
            f'<rect x="{LEFT}" y="{self.y - 12}" width="{max(end - LEFT, 1):.1f}" height="15" rx="2" class="{kind}"/>')
        return end

    def whisker(self, start, length):
        end = LEFT + (RIGHT - LEFT) * min(length, 1)
        y = self.y - 4.5
        self.parts.append(f'<line x1="{start:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}"/>')
        return end

    def svg(self) -> str:
        height = self.y + 20
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                f'viewBox="0 0 {WIDTH} {height}" role="img">\n<title>Speed of callerid</title>\n'
                f"<style>{STYLE}</style>\n" + "\n".join(self.parts) + "\n</svg>\n")


def draw(rows, measured) -> str:
    picture = Picture()
    in_asterisk = {name.removeprefix("AGI(): "): figures for name, figures in measured.items()
                   if name.startswith("AGI(): ")}
    processes = {name: figures for name, figures in measured.items() if not name.startswith("AGI(): ")}
    if processes:
        calls(picture, "One call, a whole process", processes)
    if in_asterisk:
        calls(picture, "One AGI() in a real Asterisk", in_asterisk)
    goals(picture, [row for row in rows if row.share is not None])
    return picture.svg()


def calls(picture, title, measured):
    picture.title(title, "milliseconds: the bar is the median, the line goes to the 99th percentile")
    longest = max(figures["p99_us"] for figures in measured.values())
    for name, figures in measured.items():
        kind = "ours" if name.startswith("callerid") else "other"
        end = picture.bar(name, figures["median_us"] / longest, kind)
        end = picture.whisker(end, figures["p99_us"] / longest)
        picture.text(end + 8, f"{figures['median_us'] / 1000:.2f}")


def goals(picture, rows):
    if not rows:
        return
    picture.title("Each figure against its goal", "what is used of it: shorter is better, the dashed line is the goal")
    scale = 2.0  # a bar as long as the picture
    top = picture.y
    for row in rows:
        verdict = "met" if row.met else "missed"
        picture.bar(row.short, row.share / scale, verdict)
        picture.text(RIGHT + 12, f"{row.share:.2f} {verdict}")
    middle = LEFT + (RIGHT - LEFT) / scale
    picture.parts.append(
        f'<line x1="{middle}" y1="{top + 6}" x2="{middle}" y2="{picture.y + 8}" class="goal"/>')
