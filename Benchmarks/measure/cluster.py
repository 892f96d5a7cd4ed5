"""What a cluster costs a call: its engine up or gone, and a number that is leased inside the call."""

import shutil
import socket
import sqlite3
import subprocess
import time
from contextlib import ExitStack, closing, contextmanager

from . import servers
from .report import Row
from .timing import Times, interleave
from .workshop import AREAS, ROOT, call

TOOLS = ROOT / ".build/mariadb"


class Engine:
    """A MariaDB server of the measurement's own."""

    def __init__(self, workshop, name: str):
        self.folder = workshop.folder / name
        subprocess.run(["cp", "-a", TOOLS / "data", self.folder], check=True)
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        root = (TOOLS / "root/usr").resolve()
        lines = ["[mysqld]", "user=root", f"basedir={root}", f"plugin-dir={root}/lib/mysql/plugin",
                 f"datadir={self.folder}", f"socket={self.folder}/socket", f"pid-file={self.folder}/pid",
                 "bind-address=127.0.0.1", f"port={self.port}", "skip-name-resolve", "performance-schema=OFF"]
        (self.folder / "my.cnf").write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen([TOOLS / "mariadbd", f"--defaults-file={self.folder}/my.cnf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the engine does not answer")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def file(self, workshop, dialer: str) -> str:
        """The file that tells a dialer of it."""
        path = workshop.folder / f"{dialer}.conf"
        path.write_text(f"engine = 127.0.0.1:{self.port}\nuser = callerid\npassword = secret\ndatabase = callerid\n"
                        f"dialer = {dialer}\n")
        return path.name


@contextmanager
def engine(workshop, name: str):
    node = Engine(workshop, name)
    try:
        yield node
    finally:
        node.kill()
        shutil.rmtree(node.folder)


def count(workshop, store: str, condition="1") -> int:
    with closing(sqlite3.connect(workshop.folder / store, timeout=10)) as database:
        return database.execute(f"SELECT count(*) FROM number WHERE {condition}").fetchone()[0]


def held(workshop, store: str) -> int:
    return count(workshop, store, "lease > 0")


def wait(what: str, seconds: int, is_so):
    for _ in range(seconds * 10):
        if is_so():
            return
        time.sleep(0.1)
    raise RuntimeError(what)


def serve(workshop, stack, store: str, file: str):
    return stack.enter_context(servers.callerid_server(workshop, store, "--cluster", file))


def measure(workshop, sizes):
    rows, measured = [], {}
    with ExitStack() as stack:
        up, gone = stack.enter_context(engine(workshop, "up")), stack.enter_context(engine(workshop, "gone"))
        single = workshop.pool(sizes.numbers)
        stores = {"single": single}
        for name, node in (("engine up", up), ("engine gone", gone)):
            stores[name] = workshop.copy(single)
            file = node.file(workshop, name.replace(" ", "-"))
            workshop.admin(stores[name], "cluster", "init", "--file", file)
            serve(workshop, stack, stores[name], file)
        # Beside a single machine's store a server has its log open as well.
        stack.enter_context(servers.callerid_server(workshop, single))
        time.sleep(3)
        gone.kill()
        programs = {name: call(store) for name, store in stores.items()}
        times = interleave(workshop, programs, workshop.inputs(), sizes.runs)
        for name in ("engine up", "engine gone"):
            ratio = times[name].ratio(times["single"])
            rows.append(Row(f"a call, {name}", f"callerid-agi on a dialer of a cluster, {name}, against a single machine's",
                            f"median {ratio:.2f} x, p99 {times[name].p99 / times['single'].p99:.2f} x",
                            "at most 1.05", ratio / 1.05, values={"median_ratio": ratio}))
        measured = {f"callerid-agi, {name}": its.figures() for name, its in times.items()}
    row, figures = leases(workshop, sizes)
    return rows + [row], measured | figures


def leases(workshop, sizes):
    """Each area has one number, which two dialers lease in turn."""
    with ExitStack() as stack:
        node = stack.enter_context(engine(workshop, "scarce"))
        one = workshop.pool(len(AREAS))
        plain = workshop.copy(one)
        workshop.admin(one, "cluster", "init", "--file", node.file(workshop, "one"))
        two = workshop.store()
        workshop.admin(two, "cluster", "join", "--as-there", "--file", node.file(workshop, "two"))
        serve(workshop, stack, one, "one.conf")
        serve(workshop, stack, two, "two.conf")
        # Shares are worked out once a minute.
        wait("the numbers are not given back", 100, lambda: held(workshop, one) == 0)
        wait("the other dialer does not hear of them", 30, lambda: count(workshop, two) == len(AREAS))
        # Its server listens for wishes a second after it has begun.
        time.sleep(3)
        programs = {"leased": call(two, ttl=0), "single": call(plain, ttl=0)}
        runs: dict[str, list[float]] = {"leased": [], "single": []}
        for _ in range(max(1, sizes.runs // len(AREAS))):
            times = interleave(workshop, programs, workshop.inputs(), len(AREAS), warm_up=0, may_refuse=True)
            for name, its in times.items():
                runs[name] += its.runs
            wait("the numbers are not given back after their calls", 20, lambda: held(workshop, two) == 0)
        with closing(sqlite3.connect(workshop.folder / two, timeout=10)) as database:
            matched = database.execute("SELECT count(*) FROM request WHERE match = 'area'").fetchone()[0]
    if matched < len(runs["leased"]) // 2:
        raise RuntimeError(f"{matched} of {len(runs['leased'])} calls got their area's number")
    leased, single = Times.read(runs["leased"]), Times.read(runs["single"])
    more = [(mine - theirs) / 1000 for mine, theirs in zip(leased.runs, single.runs)]
    cost = Times.read([max(0.0, value) for value in more])
    return Row("a lease in a call", "what a call takes longer that leases its number, one node",
               f"median {cost.median:.1f} ms, p99 {cost.p99:.1f}; {matched} of {len(leased.runs)} got their area's",
               "median 2.5 ms, p99 5", max(cost.median / 2.5, cost.p99 / 5)), {
        "callerid-agi, leasing its number": leased.figures(), "callerid-agi, not leasing": single.figures()}
