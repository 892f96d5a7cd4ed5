"""Timing whole processes, in turn or while something else goes on."""

import signal
import statistics
import subprocess
from dataclasses import dataclass


@dataclass
class Times:
    """Microseconds of each run of a program, in order."""

    runs: list[float]
    refused: int = 0
    memory: int = 0  # the most that was resident, in kilobytes

    @classmethod
    def read(cls, values, memory=0) -> "Times":
        return cls([abs(value) for value in values], sum(value < 0 for value in values), memory)

    def percentile(self, percent: float) -> float:
        return sorted(self.runs)[min(len(self.runs) - 1, int(len(self.runs) * percent / 100))]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def p99(self) -> float:
        return self.percentile(99)

    @property
    def slowest(self) -> float:
        return max(self.runs)

    def ratio(self, other: "Times") -> float:
        """The median of the ratios, run by run: what drifts, drifts for both."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.runs, other.runs))

    def figures(self) -> dict:
        figures = {"runs": len(self.runs), "refused": self.refused, "median_us": round(self.median),
                   "p95_us": round(self.percentile(95)), "p99_us": round(self.p99),
                   "slowest_us": round(self.slowest)}
        return figures | ({"memory_kb": self.memory} if self.memory else {})


def parse(output: str, names) -> dict[str, Times]:
    *lines, memory = [[float(word) for word in line.split()] for line in output.splitlines()]
    if not lines:
        raise RuntimeError("no run ended")
    return {name: Times.read([line[index] for line in lines], int(memory[index]))
            for index, name in enumerate(names)}


def interleave(workshop, programs: dict[str, str], inputs: str, runs: int, warm_up=5, may_refuse=False):
    """Runs the commands in turn, A B A B, and times each."""
    times = parse(workshop.run("./interleave", runs, warm_up, inputs, *programs.values()), programs)
    for name, its in times.items():
        if its.refused and not may_refuse:
            raise RuntimeError(f"{its.refused} of {runs} calls were refused: {name}")
    return times


class Calls:
    """Calls one after another while something else goes on: `with Calls(...) as calls:`, then `calls.times`."""

    def __init__(self, workshop, command: str, inputs: str):
        self.process = subprocess.Popen(["./interleave", "0", "0", inputs, command], cwd=workshop.folder,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate()
        if error[0] is None:
            self.times = parse(output, ["calls"])["calls"]
