"""How much is measured. Every size can be set by an environment variable of its name, BENCH_RUNS and so on."""

import os
from dataclasses import dataclass, fields


@dataclass
class Sizes:
    runs: int = 1000  # of each program, in turn
    numbers: int = 20_000  # in the pool that most rows measure
    large: int = 1_000_000  # in the large pool, and in the file that is imported
    freed: int = 200_000  # at their limit when the day ends
    log_rows: int = 1_000_000  # in the request log
    loop_picks: int = 40_000  # in one process
    sync_picks: int = 2_000  # over which fdatasync is amortised
    crowd_rounds: int = 30
    agi_calls: int = 200  # of each program in a real Asterisk
    server_numbers: int = 200_000  # so many that none is asked for again while it is reserved
    server_calls: int = 40_000  # of a round
    server_rounds: int = 9
    seeds_calls: int = 2_000  # of a round; of ours twenty times as many
    idle_connections: int = 10_000
    slow_connections: int = 100

    @classmethod
    def chosen(cls, short: bool) -> "Sizes":
        sizes = cls()
        if short:
            sizes = cls(runs=200, large=100_000, freed=20_000, log_rows=200_000, loop_picks=20_000, sync_picks=1_000,
                        crowd_rounds=8, agi_calls=50, server_numbers=100_000, server_calls=20_000,
                        server_rounds=3, seeds_calls=500)
        for field in fields(cls):
            if value := os.environ.get("BENCH_" + field.name.upper()):
                setattr(sizes, field.name, int(value))
        return sizes
