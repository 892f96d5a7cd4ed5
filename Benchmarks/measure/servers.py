"""Servers on the loopback interface, and the calls that the C client makes to them."""

import re
import signal
import statistics
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .workshop import AREAS

ARGUMENTS = ("SALES", "1001", "ttl=1")
TARGET = "/next-cid?campaign=SALES&agent=1001&ttl=1&to="


@dataclass
class Load:
    """What came of many calls: calls a second, and microseconds."""

    rate: float
    median: float
    p99: float
    slowest: float
    granted: int
    ended: int

    @property
    def refused(self) -> int:
        return self.ended - self.granted


def destinations(areas=AREAS) -> str:
    return ",".join(f"1{area}5551212" for area in areas)


def agi(port, connections: int, count: int, areas=AREAS) -> list:
    """The client's command for `count` calls over FastAGI; 0: until it is ended."""
    return ["./load", "agi", port, connections, count, destinations(areas), *ARGUMENTS]


def http(port, connections: int, count: int, areas=AREAS, target=TARGET) -> list:
    return ["./load", "http", port, connections, count, destinations(areas), target]


def read(output: str) -> Load:
    *figures, granted, ended = output.split()
    return Load(*map(float, figures), int(granted), int(ended))


def loads(workshop, commands: dict[str, list], rounds: int, may_refuse=False) -> dict[str, list[Load]]:
    """Runs the client's commands in turn, A B A B, after a round that warms up."""
    found = {name: [] for name in commands}
    for index in range(rounds + 1):
        for name, command in commands.items():
            result = read(workshop.run(*command))
            if result.refused and not may_refuse:
                raise RuntimeError(f"{result.refused} of {result.ended} calls were refused: {name}")
            if index > 0:
                found[name].append(result)
    return found


def ratio(mine: list[Load], theirs: list[Load], figure: str) -> float:
    """The median of the ratios, round by round: what drifts, drifts for both."""
    return statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(mine, theirs))


def middle(its: list[Load], figure: str) -> float:
    return statistics.median(getattr(load, figure) for load in its)


def figures(its: list[Load]) -> dict:
    """As they are kept."""
    return {"rounds": len(its), "calls": sum(load.ended for load in its), "refused": sum(load.refused for load in its),
            "calls_per_second": round(middle(its, "rate")), "median_us": round(middle(its, "median")),
            "p99_us": round(middle(its, "p99"))}


@contextmanager
def running(workshop, *command, log=None):
    """A process that is ended with the block."""
    process = subprocess.Popen([str(word) for word in command], cwd=workshop.folder, stdout=subprocess.PIPE,
                               stderr=log or subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def constant(workshop, *arguments):
    """A server of constants: its port."""
    with running(workshop, *arguments) as process:
        if not (port := process.stdout.readline()):
            raise RuntimeError(f"{arguments[0]} {arguments[1]} does not serve")
        yield int(port)


@dataclass
class Server:
    agi: int  # port
    http: int
    process: subprocess.Popen

    def most_resident(self) -> int:
        """In kilobytes."""
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1])


@contextmanager
def callerid_server(workshop, store: str, *options, program="./callerid-server"):
    """callerid-server on free ports, at whose limits no measurement stops."""
    path = workshop.folder / "server.log"
    with open(path, "w") as log, running(workshop, program, "--db", store, "--agi", "127.0.0.1:0", "--http", "127.0.0.1:0",
                                         "--rate", 10_000_000, *options, log=log) as process:
        end = time.monotonic() + 10
        while "ready" not in (text := path.read_text()):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"callerid-server does not serve: {text[-1000:]}")
            time.sleep(0.05)
        ports = {name: int(port) for name, port in re.findall(r"(FastAGI|HTTP) on 127\.0\.0\.1:(\d+)", text)}
        yield Server(ports["FastAGI"], ports["HTTP"], process)


def next_cid(port: int) -> str:
    """An answer of the server's."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{TARGET}12015551212") as answer:
        return answer.read().decode()


class Beside:
    """Calls of the client while something else goes on: `with Beside(...) as beside:`, then `beside.load`."""

    def __init__(self, workshop, command: list):
        self.process = subprocess.Popen([str(word) for word in command], cwd=workshop.folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        time.sleep(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        output, errors = self.process.communicate()
        if error[0] is None:
            if self.process.returncode != 0:
                raise RuntimeError(errors)
            self.load = read(output)
