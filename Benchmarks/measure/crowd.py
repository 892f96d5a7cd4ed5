"""64 processes at once on one store."""

import re
import statistics

from .report import Row
from .workshop import call

PROCESSES = 64


def measure(workshop, sizes):
    store = workshop.pool(sizes.numbers)
    crowd = ["./crowd", sizes.crowd_rounds, PROCESSES, workshop.inputs(), call(store)]
    rounds = [[float(word) for word in line.split()] for line in workshop.run(*crowd).splitlines()]
    ratio = statistics.median(at_once / sequential for sequential, at_once, _ in rounds)
    refused = sum(int(line[2]) for line in rounds)

    # Under strace all is slow; nobody is to give up for that.
    workshop.admin(store, "config", "set", "busy_timeout_ms", "10000")
    crowd[1] = 1
    workshop.run("strace", "-f", "-o", "trace", "-e",
                 "trace=nanosleep,clock_nanosleep,poll,ppoll,select,pselect6,epoll_wait,flock", *crowd)
    trace = (workshop.folder / "trace").read_text()
    sleeps = len(re.findall(r"nanosleep\(|\(Timeout\)", trace))
    values = {"rounds": len(rounds), "median_ratio": ratio, "refused": refused, "sleeps": sleeps,
              "sequential_ms": round(statistics.median(line[0] for line in rounds) / 1000, 1),
              "at_once_ms": round(statistics.median(line[1] for line in rounds) / 1000, 1)}
    return [Row("64 processes at once", f"{PROCESSES} processes at once, the last answered against one after another",
                f"{ratio:.2f} x; {sleeps} sleeps, {refused} refused", "at most 1.5; no sleeps", ratio / 1.5,
                ratio <= 1.5 and sleeps == 0 and refused == 0, values)], {}
