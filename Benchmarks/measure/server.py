"""callerid-server under load, beside servers that answer the same with constants."""

from . import servers
from .report import Row

CONNECTIONS = 64


def fastagi(workshop, sizes):
    store = workshop.pool(sizes.server_numbers)
    with servers.callerid_server(workshop, store) as server, \
            servers.constant(workshop, "./constant", "agi") as constant:
        found = servers.loads(workshop, {
            "server": servers.agi(server.agi, CONNECTIONS, sizes.server_calls),
            "constant": servers.agi(constant, CONNECTIONS, sizes.server_calls)}, sizes.server_rounds)
    return [rate("FastAGI", f"FastAGI, {CONNECTIONS} connections, a connection a call: full picks a second, against C "
                 "answering with constants", found, 0.7)], {}


def http(workshop, sizes):
    store = workshop.pool(sizes.server_numbers)
    with servers.callerid_server(workshop, store) as server:
        body = servers.next_cid(server.http)
        with servers.constant(workshop, "./callerid-bench-http", body) as constant:
            found = servers.loads(workshop, {
                "server": servers.http(server.http, CONNECTIONS, sizes.server_calls),
                "constant": servers.http(constant, CONNECTIONS, sizes.server_calls)}, sizes.server_rounds)
    return [rate("/next-cid", f"/next-cid, {CONNECTIONS} connections kept alive: full picks a second, against "
                 f"Hummingbird answering a constant of {len(body)} bytes", found, 0.4)], {}


def rate(short: str, what: str, found, goal: float) -> Row:
    ours, theirs = found["server"], found["constant"]
    ratio = servers.ratio(ours, theirs, "rate")
    return Row(short, what,
               f"{ratio:.2f} x ({servers.middle(ours, 'rate'):,.0f} and {servers.middle(theirs, 'rate'):,.0f}); p99 "
               f"{servers.middle(ours, 'p99') / 1000:.1f} ms and {servers.middle(theirs, 'p99') / 1000:.1f}",
               f"at least {goal}", goal / ratio,
               values={"median_ratio": ratio} | {name: servers.figures(its) for name, its in found.items()})
