"""Picks a second in one process, statements prepared, beside a loop in C."""

import statistics
import time

from .report import Row


def measure(workshop, sizes):
    base, c_store = workshop.pool(sizes.numbers), workshop.lru(4096, sizes.numbers)
    ours, theirs = [], []
    for _ in range(5):
        store = workshop.copy(base)
        ours.append(sizes.loop_picks / workshop.picks(store, sizes.loop_picks))
        began = time.monotonic()
        workshop.run("./lru", c_store, "loop", sizes.loop_picks)
        theirs.append(sizes.loop_picks / (time.monotonic() - began))
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs))
    return [Row("picks a second", "picks a second in one process, against the bare C loop",
                f"{ratio:.2f} x ({statistics.median(ours):,.0f} and {statistics.median(theirs):,.0f})", "at least 0.5",
                0.5 / ratio, values={"median_ratio": ratio, "picks_per_second": round(statistics.median(ours)),
                                     "c_updates_per_second": round(statistics.median(theirs))})], {}
