#!/usr/bin/env python3
"""Measures callerid and what it is compared with, side by side in one run. `make bench` builds and starts it.

    bench.py [--short] [--only NAME[,NAME...]]

Figures are reported, never asserted: it exits with 1 only where something could not be measured.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from measure import asterisk, beside, bulk, chart, cluster, crowd, library, midnight, page, pools, process, report, seeds, server
from measure.sizes import Sizes
from measure.workshop import BUILT, Workshop

MEASUREMENTS = {
    "process": process.measure,
    "asterisk": asterisk.measure,
    "growth": pools.growth,
    "asleep": pools.asleep,
    "rules": pools.rules,
    "midnight": midnight.measure,
    "loop": library.measure,
    "crowd": crowd.measure,
    "syncs": process.syncs_amortised,
    "import": bulk.imports,
    "log": bulk.request_log,
    "slow-disk": process.slow_disk,
    "fastagi": server.fastagi,
    "http": server.http,
    "asterisk-server": asterisk.server,
    "crowd-server": beside.crowd,
    "idle": beside.idle,
    "pages": page.followed,
    "memory": beside.memory,
    "seeds": seeds.measure,
    "cluster": cluster.measure,
}


def main():
    parser = argparse.ArgumentParser(description="Measure callerid beside what it is compared with.")
    parser.add_argument("--short", action="store_true", help="smaller sizes, in about two minutes")
    parser.add_argument("--only", metavar="NAME[,NAME...]", help="of " + ", ".join(MEASUREMENTS))
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(MEASUREMENTS)
    if unknown := set(names) - set(MEASUREMENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    sizes = Sizes.chosen(arguments.short)

    rows, measured, failed = [], {}, []
    for name in names:
        began = time.monotonic()
        print(f"{name} ...", end=" ", flush=True, file=sys.stderr)
        # Each has its own stores; none is measured while another's are still being written to the disk.
        workshop = Workshop()
        try:
            new_rows, new_measured = MEASUREMENTS[name](workshop, sizes)
            rows += new_rows
            measured |= new_measured
            print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            failed.append(name)
            print(f"could not be measured: {error}", file=sys.stderr)
        finally:
            workshop.close()
            os.sync()

    print(report.goals(rows))
    if measured:
        print("\n" + report.programs(measured))
    # The results that are kept are those of a whole run at full size.
    whole = names == list(MEASUREMENTS) and not arguments.short and not failed
    folder = Path(__file__).parent if whole else BUILT
    about = {"date": date.today().isoformat(), "cores": os.cpu_count(), "sizes": vars(sizes)}
    report.write_json(folder / "results.json", rows, measured, about)
    (folder / "results.svg").write_text(chart.draw(rows, measured))
    print(f"\nWritten to {os.path.relpath(folder)}/results.json and results.svg")
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
