"""callerid-server beside a service of the usual kind: FastAPI, PostgreSQL and Redis."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import servers
from .report import Row
from .workshop import AREAS, BUILT, FOREIGN_AREA, ROOT

TARGET = ROOT / ".build/seeds"


def measure(workshop, sizes):
    """The same client asks both over HTTP."""
    ratios, values, figures = {}, {}, []
    with servers.callerid_server(workshop, workshop.pool(sizes.numbers)) as server, \
            service(workshop.folder / workshop.numbers_file(sizes.numbers)) as port:
        for place, areas in {"in the area": AREAS, "elsewhere": [FOREIGN_AREA]}.items():
            for clients in (1, 32):
                found = servers.loads(workshop, {
                    "server": servers.http(server.http, clients, sizes.seeds_calls * 20, areas),
                    "service": servers.http(port, clients, sizes.seeds_calls, areas)}, sizes.server_rounds)
                ours, theirs = found["server"], found["service"]
                name = f"{clients} {place}"
                ratios[name] = (servers.ratio(ours, theirs, "rate"), servers.ratio(theirs, ours, "median"))
                figures.append(f"{name} {ratios[name][0]:.0f} x ({servers.middle(ours, 'rate'):,.0f} and "
                               f"{servers.middle(theirs, 'rate'):,.0f}), latency 1/{ratios[name][1]:.0f}")
                values[name] = {who: servers.figures(its) for who, its in found.items()}
    share = max(max(20 / rate, 10 / latency) for rate, latency in ratios.values())
    return [Row("against FastAPI, PostgreSQL and Redis",
                "picks a second over HTTP, against FastAPI with PostgreSQL and Redis; clients, and numbers of the area",
                "; ".join(figures), "at least 20 x; latency at most 1/10", share, values=values)], {}


@contextmanager
def service(numbers: Path):
    """The service with its numbers: its port."""
    subprocess.run([ROOT / "Benchmarks/seeds/fetch", TARGET], check=True)
    root = TARGET / "root"
    environment = os.environ | {"LD_LIBRARY_PATH": f"{root}/usr/lib/{os.uname().machine}-linux-gnu"}
    # PostgreSQL does not run as root.
    someone = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="seeds-", dir=BUILT))
    data = folder / "data"
    data.mkdir()
    if someone:
        folder.chmod(0o755)
        os.chown(data, 65534, 65534)
    try:
        with open(folder / "log", "w") as log, ExitStack() as stack:
            def start(port, *command, env=environment):
                process = subprocess.Popen(list(map(str, command)), env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=log,
                                           stderr=log)
                stack.callback(end, process)
                answering(port, process, folder / "log")

            def program(path: str) -> Path:
                return root / path if (root / path).exists() else Path("/") / path

            postgres, redis, web = free_port(), free_port(), free_port()
            initdb = program("usr/lib/postgresql/15/bin/initdb")
            subprocess.run([*someone, initdb, "-D", data, "-U", "callerid", "--auth=trust", "--encoding=UTF8",
                            "--locale=C"], env=environment, cwd="/", stdout=log, stderr=log, check=True)
            # As durable as the store: a commit that has ended survives the processes, not the machine.
            start(postgres, *someone, initdb.with_name("postgres"), "-D", data, "-p", postgres, "-c",
                  "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "synchronous_commit=off")
            start(redis, program("usr/bin/redis-server"), "--port", redis, "--bind", "127.0.0.1", "--save", "",
                  "--dir", folder)
            places = os.environ | {"POSTGRES": f"postgresql://callerid@127.0.0.1:{postgres}/postgres",
                                   "REDIS": f"redis://127.0.0.1:{redis}"}
            python = TARGET / "venv/bin/python"
            subprocess.run([python, ROOT / "Benchmarks/seeds/service.py", "fill", numbers], env=places, stdout=log,
                           stderr=log, check=True)
            start(web, python, "-m", "uvicorn", "--app-dir", ROOT / "Benchmarks/seeds", "--port", web,
                  "--no-access-log", "service:app", env=places)
            yield web
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{error}: {(folder / 'log').read_text()[-1000:]}") from error
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answering(port: int, process, log: Path):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{process.args[0]} does not serve: {log.read_text()[-1000:]}")


def end(process):
    # PostgreSQL ends at once with SIGINT, and the others too.
    process.send_signal(2)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
