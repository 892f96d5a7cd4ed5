"""Calls in a real Asterisk: callerid-agi beside programs that ask an HTTP service answering at once, and callerid-server
beside callerid-agi and servers that answer with constants."""

import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import servers
from .report import Row
from .timing import Times
from .workshop import ROOT

WARM_UP = 5

MODULES = ("pbx_config", "res_speech", "res_agi", "res_curl", "app_verbose", "func_strings", "func_logic", "func_curl",
           "res_clioriginate")


@dataclass
class Step:
    """What is timed in the dialplan, and what then shows that it was done."""

    application: str
    shows: str = "${AGISTATUS}"
    done: str = "SUCCESS"


# Of a full pick: it must have been granted.
def pick(program: str) -> Step:
    return Step(f"AGI({program},SALES,1001,ttl=1)", "${AGISTATUS}-${CALLERID_STATUS}", "SUCCESS-OK")


def curl(port: int) -> Step:
    # The answer begins with {"caller_id":" and the ten digits.
    return Step(f"Set(ANSWER=${{CURL(http://127.0.0.1:{port}{servers.TARGET}${{EXTEN}})}})", "${ANSWER:14:10}", r"\d{10}")


PROGRAMS = {
    "AGI(): callerid-agi": pick("callerid-agi"),
    "AGI(): bash and curl": Step("AGI(curl-agi.sh,SALES,1001)"),
    "AGI(): Python and urllib": Step("AGI(urllib-agi.py,SALES,1001)"),
    "AGI(): C, does nothing": Step("AGI(nothing)"),
}


def measure(workshop, sizes):
    with servers.constant(workshop, "./constant", "http", '{"caller_id": "12145550101"}') as port:
        times = run(workshop, sizes, PROGRAMS, f"http://127.0.0.1:{port}")
    ours, *others = (times[name] for name in list(PROGRAMS)[:3])
    best = min(others, key=lambda other: other.median)
    nothing = times["AGI(): C, does nothing"].median
    ratio = ours.ratio(best)
    row = Row("in Asterisk, against asking over HTTP",
              f"in Asterisk, {len(ours.runs)} AGI() calls, against the best of bash and Python asking over HTTP",
              f"{ratio:.2f} x ({ours.median / 1000:.1f} ms and {best.median / 1000:.1f}; an empty program "
              f"{nothing / 1000:.1f})", "at most 0.1", ratio / 0.1,
              values={"median_ratio": ratio, "above_empty_program_ratio": (ours.median - nothing)
                      / (best.median - nothing)})
    return [row], {name: its.figures() for name, its in times.items()}


def server(workshop, sizes):
    agi, constant_agi = "AGI(agi://): callerid-server", "AGI(agi://): C, constants"
    web, constant_web = "CURL(): callerid-server", "CURL(): C, a constant"
    program = "AGI(): callerid-agi, beside"
    with servers.callerid_server(workshop, workshop.pool(sizes.numbers)) as its, \
            servers.constant(workshop, "./constant", "agi") as agi_port, \
            servers.constant(workshop, "./constant", "http", servers.next_cid(its.http)) as web_port:
        times = run(workshop, sizes, {
            program: pick("callerid-agi"), agi: pick(f"agi://127.0.0.1:{its.agi}/callerid"),
            constant_agi: pick(f"agi://127.0.0.1:{agi_port}/callerid"), web: curl(its.http),
            constant_web: curl(web_port)})

    def row(short: str, ours: str, other: str, limit: float) -> Row:
        ratio, mine, theirs = times[ours].ratio(times[other]), times[ours].median, times[other].median
        return Row(short, f"in Asterisk, a full pick by {ours}, against {other}",
                   f"{ratio:.2f} x ({mine / 1000:.2f} ms and {theirs / 1000:.2f})", f"at most {limit}", ratio / limit,
                   values={"median_ratio": ratio})

    return [row("in Asterisk, FastAGI against AGI", agi, program, 0.12),
            row("in Asterisk, FastAGI against constants", agi, constant_agi, 1.0),
            row("in Asterisk, CURL() against a constant", web, constant_web, 1.25)], \
        {name: its.figures() for name, its in times.items()}


def run(workshop, sizes, steps: dict[str, Step], service="") -> dict[str, Times]:
    """Carries out the steps in turn, in calls of a real Asterisk, and times each."""
    with asterisk(workshop, sizes, dialplan(list(steps.values()), sizes.agi_calls), service) as (folder, command):
        subprocess.run(command + ["-rx", "channel originate Local/start@bench application NoOp"], check=True,
                       stdout=subprocess.DEVNULL)
        log = wait(lambda: (found := read_log(folder)).find("BENCH end") >= 0 and found, "the calls to end", 600)
    return {name: read_times(log, number, step) for number, (name, step) in enumerate(steps.items())}


def dialplan(steps: list[Step], calls: int) -> str:
    """Each call goes to another area code, and through the steps in turn, with the time before and after each."""
    clock = "${STRFTIME(,,%s%6q)}"
    body = "".join(
        f" same => n,Set(CALLERID_STATUS=)\n same => n,Set(BEFORE={clock})\n same => n,{step.application}\n"
        f" same => n,Log(NOTICE,BENCH {number} ${{BEFORE}} {clock} {step.shows})\n"
        for number, step in enumerate(steps))
    return (
        "[bench]\n"
        "exten => start,1,Set(CALL=0)\n"
        " same => n,Goto(next,1)\n"
        "exten => next,1,Set(CALL=$[${CALL} + 1])\n"
        f" same => n,GotoIf($[${{CALL}} <= {WARM_UP + calls}]?1$[201 + ${{CALL}} % 10]5551212,1)\n"
        " same => n,Log(NOTICE,BENCH end)\n"
        "exten => _1NXXNXXXXXX,1,NoOp()\n" + body + " same => n,Goto(next,1)\n")


def read_log(folder: Path) -> str:
    path = folder / "log/messages"
    return path.read_text(errors="replace") if path.exists() else ""


def read_times(log: str, number: int, step: Step) -> Times:
    """Without those that warm up."""
    runs = []
    for before, after, shown in re.findall(rf"BENCH {number} (\d+) (\d+) (\S*)", log):
        if not re.fullmatch(step.done, shown):
            raise RuntimeError(f"{step.application} ended with {shown}; Asterisk's log: {log[-2000:]}")
        runs.append(float(after) - float(before))
    return Times.read(runs[WARM_UP:])


@contextmanager
def asterisk(workshop, sizes, plan: str, service: str):
    """A running Asterisk 16 with the programs and a store: its folder, and the command to talk to it."""
    target = ROOT / ".build/asterisk-16"
    subprocess.run([ROOT / "Tests/asterisk/fetch-16", target], check=True)
    root = target / "root"
    # Short: the path of Asterisk's socket in it may have no more than about 100 bytes.
    folder = Path(tempfile.mkdtemp(prefix="asterisk-", dir="/tmp"))
    for name in ("etc", "log", "run", "spool", "agi-bin", "db"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "agi-bin/callerid-agi", folder / "agi-bin")
    shutil.copy(workshop.folder / "nothing", folder / "agi-bin")
    for script in ("curl-agi.sh", "urllib-agi.py"):
        shutil.copy(ROOT / "Benchmarks/reference" / script, folder / "agi-bin")
    directories = {"astetcdir": folder / "etc", "astmoddir": root / "usr/lib/asterisk/modules",
                   "astdatadir": root / "usr/share/asterisk", "astagidir": folder / "agi-bin",
                   "astspooldir": folder / "spool", "astrundir": folder / "run", "astlogdir": folder / "log"}
    directories |= {name: folder / "db" for name in ("astvarlibdir", "astdbdir", "astkeydir")}
    (folder / "asterisk.conf").write_text(
        "[directories]\n" + "".join(f"{name} => {path}\n" for name, path in directories.items()))
    (folder / "etc/modules.conf").write_text(
        "[modules]\nautoload=no\n" + "".join(f"load={module}.so\n" for module in MODULES))
    (folder / "etc/logger.conf").write_text("[general]\n[logfiles]\nmessages => notice,warning,error\n")
    (folder / "etc/extensions.conf").write_text(plan)

    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/usr/lib"
    command = ["/usr/bin/env", f"LD_LIBRARY_PATH={libraries}", f"{root}/usr/sbin/asterisk", "-C",
               str(folder / "asterisk.conf")]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "CALLERID_SERVICE": service,
                   "CALLERID_DB": str(workshop.folder / workshop.pool(sizes.numbers))}
    process = subprocess.Popen(command + ["-g", "-f"], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(lambda: "fully booted" in subprocess.run(command + ["-rx", "core waitfullybooted"], capture_output=True,
                                                      text=True).stdout, "Asterisk to be up", 30)
        yield folder, command
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def wait(condition, what: str, seconds: int):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.2)
    raise RuntimeError(f"waited {seconds} seconds for {what}")
