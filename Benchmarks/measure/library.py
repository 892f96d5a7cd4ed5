"""Picks a second in one process, statements prepared, beside a loop in C that commits each of its updates."""

import statistics
import time

from .report import Row

# As many as a server finds waiting.
GROUP = 64


def measure(workshop, sizes):
    base, c_store = workshop.pool(sizes.numbers), workshop.lru(4096, sizes.numbers)
    alone, grouped, theirs = [], [], []
    for _ in range(5):
        for rates, group in ((alone, 1), (grouped, GROUP)):
            rates.append(sizes.loop_picks / workshop.picks(workshop.copy(base), sizes.loop_picks, group=group))
        began = time.monotonic()
        workshop.run("./lru", c_store, "loop", sizes.loop_picks)
        theirs.append(sizes.loop_picks / (time.monotonic() - began))
    return [row("picks a second", "picks a second in one process, against the bare C loop", alone, theirs, 0.5),
            row("picks a second in groups", f"  {GROUP} of them in each transaction", grouped, theirs, 0.7)], {}


def row(name, text, ours, theirs, least):
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs))
    return Row(name, text, f"{ratio:.2f} x ({statistics.median(ours):,.0f} and {statistics.median(theirs):,.0f})",
               f"at least {least}", least / ratio,
               values={"median_ratio": ratio, "picks_per_second": round(statistics.median(ours)),
                       "c_updates_per_second": round(statistics.median(theirs))})
