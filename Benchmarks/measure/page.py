"""What pages that are open cost calls: each follows the overview, which is told what has changed once a second."""

import sys
from pathlib import Path

from . import servers
from .report import Row
from .server import CONNECTIONS

FOLLOWERS = 50
FOLLOW = Path(__file__).with_name("follow.py")


def followed(workshop, sizes):
    """Picks over FastAGI with and without pages that follow, in turn; saturated, and one call at a time."""
    store = workshop.pool(sizes.server_numbers)
    token = workshop.admin(store, "token", "add", "follower", "--role", "read").split()[0]
    with servers.callerid_server(workshop, store) as server:
        commands = {"saturated": servers.agi(server.agi, CONNECTIONS, sizes.server_calls),
                    "one at a time": servers.agi(server.agi, 1, sizes.server_calls // 4)}
        found = {name: {"alone": [], "followed": []} for name in commands}
        told = 0
        for _ in range(sizes.server_rounds):
            alone = servers.loads(workshop, commands, 1)
            with servers.running(workshop, sys.executable, FOLLOW, server.http, token, FOLLOWERS) as followers:
                # All have been told all there is.
                if followers.stdout.readline() != "ready\n":
                    raise RuntimeError("the page cannot be followed")
                beside = servers.loads(workshop, commands, 1)
                followers.terminate()
                told += int(followers.stdout.readline() or 0)
            for name in commands:
                found[name]["alone"] += alone[name]
                found[name]["followed"] += beside[name]
    rate = servers.ratio(found["saturated"]["followed"], found["saturated"]["alone"], "rate")
    ratios = {figure: servers.ratio(found["one at a time"]["followed"], found["one at a time"]["alone"], figure)
              for figure in ("median", "p99")}
    worst = max(1 / rate, ratios["median"])
    return [Row("open pages",
                f"picks over FastAGI with {FOLLOWERS} pages that follow the overview, against without",
                f"{rate:.2f} x as many a second from {CONNECTIONS} connections; one at a time median "
                f"{ratios['median']:.2f} x, p99 {ratios['p99']:.2f} x ({told:,} events were told)", "unchanged (1.1 x)",
                worst / 1.1, values={"rate": rate, "events": told} | ratios
                | {f"{name}, {when}": servers.figures(loads) for name, its in found.items()
                   for when, loads in its.items()})], {}
