"""What callerid-server and callerid-agi do to each other on one store, and what connections that wait do to both."""

import os
import statistics
import time

from . import servers
from .crowd import PROCESSES
from .report import Row
from .server import CONNECTIONS
from .timing import Times, interleave
from .workshop import call


def crowd(workshop, sizes):
    store = workshop.pool(sizes.server_numbers)
    with servers.callerid_server(workshop, store) as server, \
            servers.constant(workshop, "./constant", "agi") as constant:
        return [calls_beside_server(workshop, sizes, store, server, constant),
                server_beside_calls(workshop, sizes, store, server)], {}


def calls_beside_server(workshop, sizes, store, server, constant) -> Row:
    """The same load on a server of constants shows how much of it is the processors that the load takes."""
    runs = {"alone": [], "server": [], "constant": []}
    refused = {"callerid-agi": 0, "server": 0}
    for _ in range(sizes.server_rounds):
        for name, port in {"alone": None, "server": server.agi, "constant": constant}.items():
            def measure():
                return interleave(workshop, {"calls": call(store)}, workshop.inputs(), sizes.runs // 4,
                                  may_refuse=True)["calls"]
            if port is None:
                times = measure()
            else:
                with servers.Beside(workshop, servers.agi(port, CONNECTIONS, 0)) as beside:
                    times = measure()
                if name == "server":
                    refused["server"] += beside.load.refused
            refused["callerid-agi"] += times.refused
            runs[name] += times.runs
    times = {name: Times.read(values) for name, values in runs.items()}
    alone = times["alone"]
    median, p99 = times["server"].median / alone.median, times["server"].p99 / alone.p99
    plain_median, plain_p99 = times["constant"].median / alone.median, times["constant"].p99 / alone.p99
    return Row("callerid-agi beside a saturated server",
               f"callerid-agi beside a server saturated by {CONNECTIONS} connections, against alone",
               f"median {median:.2f} x, p99 {p99:.2f} x ({alone.median / 1000:.1f} and {alone.p99 / 1000:.1f} ms alone; "
               f"beside a server of constants {plain_median:.2f} x and {plain_p99:.2f} x); refused {counted(refused)}",
               "at most 1.3 and 3; none refused", max(median / 1.3, p99 / 3),
               median <= 1.3 and p99 <= 3 and not any(refused.values()),
               {name: its.figures() for name, its in times.items()} | {"refused": refused})


def server_beside_calls(workshop, sizes, store, server) -> Row:
    """Neither starves: each still answers at a tenth of its rate alone, or more."""
    crowd = ["./crowd", sizes.crowd_rounds, PROCESSES, workshop.inputs(), call(store)]

    def processes():
        rounds = [list(map(float, line.split())) for line in workshop.run(*crowd).splitlines()]
        return PROCESSES / (statistics.median(line[1] for line in rounds) / 1e6), sum(int(line[2]) for line in rounds)

    alone, _ = processes()
    server_alone = servers.read(workshop.run(*servers.agi(server.agi, CONNECTIONS, sizes.server_calls)))
    with servers.Beside(workshop, servers.agi(server.agi, CONNECTIONS, 0)) as beside:
        rate, refused_processes = processes()
    load = beside.load
    refused = {"callerid-agi": refused_processes, "server": load.refused}
    shares = {"callerid-agi": rate / alone, "server": load.rate / server_alone.rate}
    least = min(shares.values())
    return Row(f"server beside {PROCESSES} processes",
               f"server with {CONNECTIONS} connections beside {PROCESSES} callerid-agi processes at once: calls a second, "
               "against each alone",
               f"server {shares['server']:.2f} x ({load.rate:,.0f}; p99 {load.p99 / 1000:.0f} ms), processes "
               f"{shares['callerid-agi']:.2f} x ({rate:,.0f}); refused {counted(refused)}",
               "none refused; each at least 0.1", 0.1 / least, least >= 0.1 and not any(refused.values()),
               {"shares": shares, "refused": refused, "server": servers.figures([load]),
                "processes_per_second": round(rate)})


def counted(refused: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in refused.items())


def idle(workshop, sizes):
    """Idle connections are those of HTTP, which the server keeps open; slow ones say a byte at a time, over HTTP and
    FastAGI, and come again when the server ends them."""
    store = workshop.pool(sizes.numbers)
    connections = sizes.idle_connections + sizes.slow_connections + 1000
    with servers.callerid_server(workshop, store, "--connections", connections, "--connections-per-address",
                                 connections) as server:
        commands = {"FastAGI": servers.agi(server.agi, 1, sizes.server_calls // 20),
                    "HTTP": servers.http(server.http, 1, sizes.server_calls // 20)}
        found = {name: {"alone": [], "beside": []} for name in commands}
        held = ""
        for _ in range(sizes.server_rounds):
            alone = servers.loads(workshop, commands, 1)
            with servers.running(workshop, "./hold", server.agi, server.http, sizes.idle_connections,
                                 sizes.slow_connections) as hold:
                # All are open.
                if hold.stdout.readline() != "ready\n":
                    raise RuntimeError("the idle connections were not opened")
                beside = servers.loads(workshop, commands, 1)
                hold.terminate()
                held = hold.stdout.readline().strip()
            for name in commands:
                found[name]["alone"] += alone[name]
                found[name]["beside"] += beside[name]
            time.sleep(0.5)
    ratios = {f"{name} {figure}": servers.ratio(its["beside"], its["alone"], figure)
              for name, its in found.items() for figure in ("median", "p99")}
    worst = max(ratio for name, ratio in ratios.items() if "median" in name)
    figure = ", ".join(f"{name} {ratio:.2f} x" for name, ratio in ratios.items())
    return [Row("idle and slow connections",
                f"a pick beside {sizes.idle_connections:,} idle and {sizes.slow_connections} slow connections, against "
                "without", f"{figure} (ended by the server: {held})", "unchanged (1.1 x)", worst / 1.1,
                values=ratios | {f"{name}, {when}": servers.figures(loads) for name, its in found.items()
                                 for when, loads in its.items()})], {}


def memory(workshop, sizes):
    """After calls over both ways. How much of a program file the kernel maps at once differs between one just written and
    one that was read."""
    store = workshop.pool(sizes.large)
    workshop.run("cp", "callerid-server", "copy")
    written = most_resident(workshop, sizes, store)
    with open(workshop.folder / "copy") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    read = most_resident(workshop, sizes, store)
    most = max(written, read)
    return [Row("memory of the server",
                f"memory resident in callerid-server, {sizes.large:,} numbers, {2 * sizes.server_calls:,} picks",
                f"{read / 1024:.1f} MB; {written / 1024:.1f} while its file is newly written", "at most 40 MB",
                most / 40960, values={"read_kb": read, "written_kb": written})], {}


def most_resident(workshop, sizes, store) -> int:
    """In kilobytes."""
    with servers.callerid_server(workshop, store, program="./copy") as server:
        for command in (servers.agi(server.agi, CONNECTIONS, sizes.server_calls),
                        servers.http(server.http, CONNECTIONS, sizes.server_calls)):
            if (load := servers.read(workshop.run(*command))).refused:
                raise RuntimeError(f"{load.refused} of {load.ended} calls were refused")
        return server.most_resident()
