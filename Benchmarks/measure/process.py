"""A whole process: callerid-agi beside static C programs that do one bare update, and what each costs to count."""

import os
import re
import subprocess

from .report import Row
from .timing import interleave
from .workshop import ROOT, call

AGI, DEFAULTS, AS_STORE, NOTHING = (
    "callerid-agi", "C, SQLite's defaults", "C, opened as the store is", "C, does nothing")


def measure(workshop, sizes):
    store = workshop.pool(sizes.numbers)
    programs = {
        AGI: call(store),
        DEFAULTS: f"./lru {workshop.lru(4096, sizes.numbers)} defaults",
        AS_STORE: f"./lru {workshop.lru(1024, sizes.numbers)} store",
        NOTHING: "./nothing",
    }
    inputs = workshop.inputs()
    times = interleave(workshop, programs, inputs, sizes.runs)
    measured = {}
    for name, command in programs.items():
        measured[name] = times[name].figures() | {
            "system_calls": system_calls(workshop, command, inputs),
            "fdatasync": syncs(workshop, command, inputs, 1),
        }
    # Valgrind's processor is slow; the call must not give up meanwhile.
    workshop.admin(store, "config", "set", "busy_timeout_ms", "10000")
    profile = {AGI: call(store).replace("callerid-agi", "callerid-agi-unstripped")}
    for name, command in (programs | profile).items():
        measured[name]["instructions"] = instructions(workshop, command, inputs)
    workshop.run("cp", "callgrind.out", ROOT / ".build/bench/callgrind.out")

    agi, defaults, as_store = times[AGI], times[DEFAULTS], times[AS_STORE]
    median, p99 = agi.ratio(defaults), agi.p99 / defaults.p99
    beside = agi.ratio(as_store)
    rows = [
        Row("against C, SQLite's defaults",
            f"callerid-agi, full pick of {sizes.numbers:,} numbers, against C with SQLite's defaults",
            f"median {median:.2f} x, p99 {p99:.2f} x", "below 1", max(median, p99), median < 1 and p99 < 1,
            {"median_ratio": median, "p99_ratio": p99}),
        Row("against C, opened as the store is", "  against C opened and closed as the store is",
            f"median {beside:.2f} x", "at most 1.25", beside / 1.25, values={"median_ratio": beside}),
        memory(workshop, call(store), inputs),
    ]
    return rows, measured


def memory(workshop, command: str, inputs: str) -> Row:
    """How much of a program file the kernel maps at once differs between one just written and one that was read."""
    def resident():
        return interleave(workshop, {AGI: command.replace("callerid-agi", "copy")}, inputs, 50)[AGI].memory

    workshop.run("cp", "callerid-agi", "copy")
    written = resident()
    with open(workshop.folder / "copy") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    read = resident()
    return Row("memory resident", "memory resident in callerid-agi",
               f"{read / 1024:.1f} MB; {written / 1024:.1f} while its file is newly written", "at most 8 MB",
               max(read, written) / 8192, values={"read_kb": read, "written_kb": written})


def syncs_amortised(workshop, sizes):
    """Checkpoints are few, and are counted over many picks."""
    command = call(workshop.pool(sizes.numbers))
    count = syncs(workshop, command, workshop.inputs(), sizes.sync_picks)
    each = count / sizes.sync_picks
    return [Row("fdatasync a pick", f"fdatasync and fsync a pick, over {sizes.sync_picks:,}", f"{each:.3f}",
                "at most 0.1", each / 0.1, values={"picks": sizes.sync_picks, "syncs": count})], {}


def slow_disk(workshop, sizes):
    """Each fdatasync five milliseconds longer; strace's own cost is in all of them."""
    runs = max(50, sizes.runs // 10)
    programs = {
        AGI: call(workshop.pool(sizes.numbers)),
        DEFAULTS: f"./lru {workshop.lru(4096, sizes.numbers)} defaults",
        AS_STORE: f"./lru {workshop.lru(1024, sizes.numbers)} store",
    }
    # The calls may take long under strace.
    workshop.admin(programs[AGI].split("db=")[1].split()[0], "config", "set", "busy_timeout_ms", "10000")
    slowly = {name: f"strace -f --quiet=all -o /dev/null -e trace=fdatasync -e inject=fdatasync:delay_exit=5000"
              f" {command}" for name, command in programs.items()}
    times = interleave(workshop, slowly, workshop.inputs(), runs)
    ratio = times[AGI].ratio(times[DEFAULTS])
    figures = {f"{name}_ms": round(its.median / 1000, 2) for name, its in times.items()}
    # So many calls fill the log, and have it copied, some times. strace is not their parent (-D), so that each ends with
    # its own process, and not with the one that copies the log.
    slowest = {}
    for delay in (0, 5, 150, 2000):
        command = (f"strace -D -f --quiet=all -o /dev/null -e trace=fdatasync,fsync "
                   f"-e inject=fdatasync,fsync:delay_exit={delay * 1000} {call(workshop.pool(sizes.numbers))}")
        its = interleave(workshop, {AGI: command}, workshop.inputs(), 10 * runs)[AGI]
        slowest[delay] = its.slowest / 1000
    return [Row("slow disk", "on a disk whose fdatasync takes 5 ms more, against C with SQLite's defaults",
                f"median {ratio:.2f} x ({times[AGI].median / 1000:.1f} ms, {times[DEFAULTS].median / 1000:.1f})", "",
                values=figures | {"median_ratio": ratio}),
            Row("slow disk, slowest call",
                f"slowest of {10 * runs:,} calls where a sync takes 0, 5, 150 and 2,000 ms more (strace's own cost in all)",
                ", ".join(f"{value:.0f}" for value in slowest.values()) + " ms; none refused",
                "none waits for a sync", values={f"{delay}_ms": value for delay, value in slowest.items()})], {}


def traced(workshop, command: str, inputs: str, *options) -> str:
    """What strace says of the second of two runs."""
    with open(workshop.folder / inputs / "0") as call:
        for _ in range(2):
            call.seek(0)
            subprocess.run(["strace", "-f", "-o", "trace", *options, *command.split()], cwd=workshop.folder, stdin=call,
                           stdout=subprocess.DEVNULL, check=True)
    return (workshop.folder / "trace").read_text()


def system_calls(workshop, command: str, inputs: str) -> int:
    total = re.search(r"^\s*100\.00\s.*\btotal$", traced(workshop, command, inputs, "-c"), re.MULTILINE)
    return int(total.group().split()[3])


def syncs(workshop, command: str, inputs: str, picks: int) -> int:
    workshop.run("strace", "-f", "--seccomp-bpf", "-o", "trace", "-e", "trace=fdatasync,fsync",
                 "./interleave", picks, 0, inputs, command)
    return len(re.findall(r"\bf(?:data)?sync\(", (workshop.folder / "trace").read_text()))


def instructions(workshop, command: str, inputs: str) -> int:
    with open(workshop.folder / inputs / "0") as call:
        result = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=callgrind.out",
                                 *command.split()], cwd=workshop.folder, stdin=call, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", result.stderr)
    if not collected:
        raise RuntimeError(f"valgrind counted no instructions of {command}: {result.stderr[-500:]}")
    return int(collected.group(1))
