"""A temporary folder with the programs, and the stores that they are measured on.

Everything runs with this folder as its own, so that commands name stores and programs without a path.
"""

import csv
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".build/bench"


def area_codes() -> list[int]:
    """Those in service that belong to a region."""
    lines = (ROOT / "Sources/Rotation/Numbering/AreaCodes.csv").read_text().splitlines()
    rows = [line for line in lines if not line.startswith(("#", ","))][1:]
    return sorted({int(code) for row in rows for code in re.split("[ /]", row.split(",")[-1])})


# Area codes of the pools, as many numbers in each; callerid-bench dials the same.
AREAS = area_codes()[:200]
# In no pool.
FOREIGN_AREA = area_codes()[-1]


class Workshop:
    def __init__(self):
        # On the disk that the project is on: /tmp may be memory, where a sync costs nothing.
        self.folder = Path(tempfile.mkdtemp(prefix="stores-", dir=BUILT))
        # As `make install` copies it: of a file that strip(1) has just written the kernel maps more at once.
        shutil.copy(ROOT / "agi-bin/callerid-agi", self.folder)
        programs = [ROOT / "bin/callerid-admin", ROOT / "bin/callerid-server"]
        programs += [ROOT / ".build/static/release" / name for name in ("callerid-bench", "callerid-bench-http")]
        programs += [BUILT / name for name in ("lru", "interleave", "crowd", "nothing", "constant", "load", "hold")]
        for program in programs:
            os.symlink(program, self.folder / program.name)
        # With its symbols, for the profile.
        os.symlink(ROOT / ".build/static/release/callerid-agi", self.folder / "callerid-agi-unstripped")

    def close(self):
        shutil.rmtree(self.folder)

    # Running

    def run(self, *command, text=None) -> str:
        result = subprocess.run([str(word) for word in command], cwd=self.folder, input=text, capture_output=True,
                                text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))[:200]}: {result.stdout[-500:]}{result.stderr[-2000:]}")
        return result.stdout

    def admin(self, store: str, *arguments, text=None) -> str:
        return self.run("./callerid-admin", "--db", store, *arguments, text=text)

    def picks(self, store: str, count: int, **options) -> float:
        """Picks in one process, all of which must be granted. Returns the seconds they took."""
        words = [f"{name}={value}" for name, value in options.items()]
        granted, seconds = self.run("./callerid-bench", store, count, *words).split()
        if int(granted) != count:
            raise RuntimeError(f"{granted} of {count} picks in {store} were granted")
        return float(seconds)

    # Making

    def inputs(self, areas=AREAS) -> str:
        """A folder with what Asterisk sends over a call, a file for a call to each area code."""
        name = f"calls-{areas[0]}-{areas[-1]}"
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            for index, area in enumerate(areas):
                (folder / str(index)).write_text(conversation(f"1{area}5551212", f"1790000000.{index}"))
        return name

    def pool(self, count: int, daily_limits=lambda index: "none") -> str:
        """A new store with `count` numbers, the area codes in turn."""
        name = self.store()
        self.admin(name, "import", self.numbers_file(count, daily_limits))
        return name

    def store(self) -> str:
        """A new store without numbers."""
        name = f"{len(list(self.folder.glob('*.db')))}.db"
        self.admin(name, "init")
        # One agent makes all the calls.
        self.admin(name, "config", "set", "agent_calls_per_minute", "1000000")
        return name

    def numbers_file(self, count: int, daily_limits=lambda index: "none", exchange=555) -> str:
        path = self.folder / "numbers.csv"
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["caller_id", "carrier", "daily_limit", "hourly_limit"])
            for index in range(count):
                area, line = AREAS[index % len(AREAS)], index // len(AREAS)
                writer.writerow([f"{area}{exchange}{line:04}", ("Acme", "Bell")[line % 2], daily_limits(index), "none"])
        return path.name

    def copy(self, store: str) -> str:
        name = f"{len(list(self.folder.glob('*.db')))}.db"
        for part in ("", "-wal", "-lock"):
            if (self.folder / (store + part)).exists():
                shutil.copyfile(self.folder / (store + part), self.folder / (name + part))
        # The first to open a copy reads its log: not a call that is measured.
        self.admin(name, "stats")
        # Nor is a call whose checkpoint would have to wait for the whole copy to reach the disk.
        os.sync()
        return name

    def lru(self, page_size: int, count: int) -> str:
        """A store of the C program."""
        name = f"lru-{page_size}-{len(list(self.folder.glob('lru-*.db')))}.db"
        self.run("./lru", name, "make", page_size, count)
        return name

    def fill_log(self, store: str, rows: int, days: int):
        """Gives a store a request log of the `days` before today. Its own picks would take hours."""
        self.picks(store, 1, ttl=0, ago=days * 86_400)
        today = datetime.now().replace(hour=0, minute=0, second=0).timestamp()
        with closing(sqlite3.connect(self.folder / store)) as database:
            database.execute("PRAGMA synchronous = OFF")
            columns = [row[1] for row in database.execute("PRAGMA table_info(request)")]
            first, at = database.execute("SELECT id, at FROM request").fetchone()
            moment = f"CAST({at} + (i - {first}) * {(today - at) / (rows + 1)} AS INTEGER)"
            values = {"id": "i", "at": moment, "uniqueid": f"{moment} || '.' || i",
                      "number_id": "1 + i % (SELECT max(id) FROM number)"}
            selected = ", ".join(values.get(column, f"request.{column}") for column in columns)
            for start in range(first + 1, first + rows + 1, 500_000):
                end = min(start + 499_999, first + rows)
                with database:
                    database.execute(
                        f"WITH RECURSIVE n(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM n WHERE i < {end})"
                        f" INSERT INTO request SELECT {selected} FROM n, request WHERE request.id = {first}")
        self.admin(store, "stats")
        os.sync()


def conversation(destination: str, unique_id: str) -> str:
    """Asterisk's side of a call: its environment, and a reply to each command."""
    lines = ["agi_request: callerid-agi", "agi_channel: Local/8600051@default-00000001;2", "agi_language: en",
             "agi_type: Local", f"agi_uniqueid: {unique_id}", "agi_version: 16.28.0", "agi_callerid: 8005550100",
             "agi_calleridname: Sales", "agi_callingpres: 0", "agi_callingani2: 0", "agi_callington: 0",
             "agi_callingtns: 0", "agi_dnid: unknown", "agi_rdnis: unknown", "agi_context: default",
             f"agi_extension: {destination}", "agi_priority: 2", "agi_enhanced: 0.0", "agi_accountcode: ",
             "agi_threadid: 140000000000000", ""]
    return "\n".join(lines + ["200 result=1"] * 12) + "\n"


def call(store: str, ttl=1) -> str:
    """The command of a full pick: campaign and agent counted, a number reserved, the request logged.

    Reservations of a second end while the bench goes on, so that, as on a dialer, each pick finds some that ended.
    """
    return f"./callerid-agi SALES 1001 db={store} ttl={ttl}"
