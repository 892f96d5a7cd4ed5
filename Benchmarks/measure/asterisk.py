"""AGI() in a real Asterisk: callerid-agi beside programs that ask an HTTP service answering at once."""

import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from .report import Row
from .servers import constant
from .timing import Times
from .workshop import ROOT

# Arguments of AGI(), by the name in the table.
PROGRAMS = {
    "AGI(): callerid-agi": "callerid-agi,SALES,1001,ttl=1",
    "AGI(): bash and curl": "curl-agi.sh,SALES,1001",
    "AGI(): Python and urllib": "urllib-agi.py,SALES,1001",
    "AGI(): C, does nothing": "nothing",
}

WARM_UP = 5

MODULES = ("pbx_config", "res_speech", "res_agi", "app_verbose", "func_strings", "func_logic",
           "res_clioriginate")


def measure(workshop, sizes):
    with service(workshop) as address, asterisk(workshop, sizes, address) as (folder, command):
        subprocess.run(command + ["-rx", "channel originate Local/start@bench application NoOp"], check=True,
                       stdout=subprocess.DEVNULL)
        lines = wait(lambda: (found := read_log(folder)).get("end") and found, "the calls to end", 600)
    times = {name: Times.read(lines[program.split(",")[0]]) for name, program in PROGRAMS.items()}
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


def dialplan(calls: int) -> str:
    """Each call goes to another area code, and through the programs in turn, with the time before and after each."""
    clock = "${STRFTIME(,,%s%6q)}"
    body = "".join(
        f" same => n,Set(BEFORE={clock})\n same => n,AGI({program})\n"
        f" same => n,Log(NOTICE,BENCH {program.split(',')[0]} ${{BEFORE}} {clock} ${{AGISTATUS}})\n"
        for program in PROGRAMS.values())
    return (
        "[bench]\n"
        "exten => start,1,Set(CALL=0)\n"
        " same => n,Goto(next,1)\n"
        "exten => next,1,Set(CALL=$[${CALL} + 1])\n"
        f" same => n,GotoIf($[${{CALL}} <= {WARM_UP + calls}]?1$[201 + ${{CALL}} % 10]5551212,1)\n"
        " same => n,Log(NOTICE,BENCH end 0 0 SUCCESS)\n"
        "exten => _1NXXNXXXXXX,1,NoOp()\n" + body + " same => n,Goto(next,1)\n")


def read_log(folder: Path) -> dict[str, list[float]]:
    """Microseconds of each call by program, without those that warm up."""
    path = folder / "log/messages"
    text = path.read_text(errors="replace") if path.exists() else ""
    found: dict[str, list[float]] = {}
    for program, before, after, status in re.findall(r"BENCH (\S+) (\d+) (\d+) (\w+)", text):
        if status != "SUCCESS":
            raise RuntimeError(f"AGI({program}) ended with AGISTATUS {status}; Asterisk's log: {text[-2000:]}")
        found.setdefault(program, []).append(float(after) - float(before))
    return {program: runs if program == "end" else runs[WARM_UP:] for program, runs in found.items()}


@contextmanager
def service(workshop):
    """An HTTP service on the loopback interface that answers at once."""
    with constant(workshop, "./constant", "http", '{"caller_id": "12145550101"}') as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def asterisk(workshop, sizes, address: str):
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
    (folder / "etc/extensions.conf").write_text(dialplan(sizes.agi_calls))

    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/usr/lib"
    command = ["/usr/bin/env", f"LD_LIBRARY_PATH={libraries}", f"{root}/usr/sbin/asterisk", "-C",
               str(folder / "asterisk.conf")]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "CALLERID_SERVICE": address,
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
