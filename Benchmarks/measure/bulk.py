"""What the operator does in bulk, and the calls that go on meanwhile: a large import, a large request log."""

import os
import subprocess
import time

from .report import Row
from .timing import Calls, interleave
from .workshop import call


def imports(workshop, sizes):
    file = workshop.numbers_file(sizes.large)
    seconds, memory = timed_import(workshop, workshop.store(), file)
    # The same again beside calls, on a store that has numbers for them.
    store = workshop.pool(sizes.numbers)
    alone = interleave(workshop, {"calls": call(store)}, workshop.inputs(), sizes.runs // 2)["calls"]
    file = workshop.numbers_file(sizes.large, exchange=777)
    with Calls(workshop, call(store), workshop.inputs()) as calls:
        timed_import(workshop, store, file)
    rate, refused = sizes.large / seconds, calls.times.refused
    values = {"rows": sizes.large, "rows_per_second": round(rate), "memory_mb": round(memory),
              "calls_meanwhile": calls.times.figures(), "calls_alone": alone.figures()}
    return [Row("import", f"import of {sizes.large:,} numbers",
                f"{rate:,.0f} rows a second, {memory:.0f} MB; of {len(calls.times.runs):,} calls meanwhile {refused} "
                f"refused, slowest {calls.times.slowest / 1000:.0f} ms",
                "at least 100,000; no call refused", 100_000 / rate, rate >= 100_000 and refused == 0, values)], {}


def timed_import(workshop, store, file):
    """Seconds, and the most memory in megabytes."""
    began = time.monotonic()
    process = subprocess.Popen(["./callerid-admin", "--db", store, "import", file], cwd=workshop.folder,
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with status {process.returncode}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def request_log(workshop, sizes):
    """Half of the log is older than it is kept."""
    empty = workshop.pool(sizes.numbers)
    full = workshop.copy(empty)
    workshop.fill_log(full, sizes.log_rows, days=60)
    picks = interleave(workshop, {"empty": call(empty), "full": call(full)}, workshop.inputs(), sizes.runs)
    stats = interleave(workshop, {name: f"./callerid-admin --db {store} stats" for name, store in
                                  {"empty": empty, "full": full}.items()}, workshop.inputs(), 30)
    ratios = {name: times["full"].ratio(times["empty"]) for name, times in {"picks": picks, "stats": stats}.items()}
    with Calls(workshop, call(full), workshop.inputs()) as calls:
        workshop.admin(full, "reset-usage", "--daily", "--past")
    later = (calls.times.slowest - picks["empty"].slowest) / 1000
    met = max(ratios.values()) <= 1.1 and later <= 10 and calls.times.refused == 0
    values = {"rows": sizes.log_rows, "picks_ratio": ratios["picks"], "stats_ratio": ratios["stats"],
              "calls_while_pruning": calls.times.figures(), "calls": picks["full"].figures()}
    return [Row("large request log", f"request log of {sizes.log_rows:,} rows (goal: 50 million; BENCH_LOG_ROWS)",
                f"picks {ratios['picks']:.2f} x, stats {ratios['stats']:.2f} x; pruning, slowest call "
                f"{calls.times.slowest / 1000:.1f} ms, {calls.times.refused} refused",
                "as with none (1.1 x); at most 10 ms more", max(max(ratios.values()) / 1.1, later / 10), met,
                values)], {}
