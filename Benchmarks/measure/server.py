"""callerid-server under load, beside servers that answer the same with constants."""

from . import servers
from .report import Row

CONNECTIONS = 64


def fastagi(workshop, sizes):
    store = workshop.pool(sizes.server_numbers)
    with servers.callerid_server(workshop, store) as server, \
            servers.constant(workshop, "./constant", "agi") as epoll, \
            servers.constant(workshop, "./constant", "agi", CONNECTIONS) as threads:
        ports = {"server": server.agi, "epoll": epoll, "threads": threads}
        found = servers.loads(workshop, {name: servers.agi(port, CONNECTIONS, sizes.server_calls)
                                         for name, port in ports.items()}, sizes.server_rounds)
    faster = max(("epoll", "threads"), key=lambda name: servers.middle(found[name], "rate"))
    return [rate("FastAGI", f"FastAGI, {CONNECTIONS} connections, a connection a call: full picks a second, against C "
                 f"answering with constants ({faster}, the faster of epoll and threads)", found, faster, 0.7)], {}


def http(workshop, sizes):
    store = workshop.pool(sizes.server_numbers)
    with servers.callerid_server(workshop, store) as server:
        body = servers.next_cid(server.http)
        with servers.constant(workshop, "./callerid-bench-http", body) as constant:
            found = servers.loads(workshop, {
                "server": servers.http(server.http, CONNECTIONS, sizes.server_calls),
                "constant": servers.http(constant, CONNECTIONS, sizes.server_calls)}, sizes.server_rounds)
    return [rate("/next-cid", f"/next-cid, {CONNECTIONS} connections kept alive: full picks a second, against "
                 f"Hummingbird answering a constant of {len(body)} bytes", found, "constant", 0.4)], {}


def rate(short: str, what: str, found, other: str, goal: float) -> Row:
    ours, theirs = found["server"], found[other]
    ratio = servers.ratio(ours, theirs, "rate")
    return Row(short, what,
               f"{ratio:.2f} x ({servers.middle(ours, 'rate'):,.0f} and {servers.middle(theirs, 'rate'):,.0f}); p99 "
               f"{servers.middle(ours, 'p99') / 1000:.1f} ms and {servers.middle(theirs, 'p99') / 1000:.1f}",
               f"at least {goal}", goal / ratio,
               values={"median_ratio": ratio} | {name: servers.figures(its) for name, its in found.items()})
