"""What was measured, as a table and as JSON."""

import json
from dataclasses import dataclass, field


@dataclass
class Row:
    """One line of the table."""

    short: str  # a few words, for the chart
    what: str
    figure: str
    goal: str
    # Of the strictest part of the goal, figure over limit: 1 is just met. None where there is no goal.
    share: float | None = None
    # What the share says, unless a part of the goal is no ratio.
    met: bool | None = None
    values: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.met is None and self.share is not None:
            self.met = self.share <= 1

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: "-"}[self.met]

    def json(self) -> dict:
        share = None if self.share is None else round(self.share, 3)
        return {"what": self.what, "figure": self.figure, "goal": self.goal, "met": self.met, "share": share,
                "values": self.values}


def table(titles, lines) -> str:
    lines = [titles] + [[str(cell) for cell in line] for line in lines]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([texts[0], "  ".join("-" * width for width in widths)] + texts[1:])


def goals(rows) -> str:
    return table(["what", "figure", "goal", ""], [[row.what, row.figure, row.goal, row.verdict] for row in rows])


def programs(measured: dict[str, dict]) -> str:
    """One call of each program: times in milliseconds, and what was counted."""
    def milliseconds(figures, name):
        return f"{figures[name] / 1000:.2f}"

    def count(figures, name):
        return f"{figures[name]:,}" if name in figures else ""

    return table(
        ["one call, ms", "median", "p95", "p99", "system calls", "fdatasync", "instructions", "memory, KB"],
        [[name] + [milliseconds(figures, key) for key in ("median_us", "p95_us", "p99_us")]
         + [count(figures, key) for key in ("system_calls", "fdatasync", "instructions", "memory_kb")]
         for name, figures in measured.items()])


def write_json(path, rows, measured, about):
    document = about | {"rows": [row.json() for row in rows], "programs": measured}
    path.write_text(json.dumps(document, indent=2) + "\n")
