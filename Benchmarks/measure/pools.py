"""What the size and the state of the pool do to a whole process."""

from .report import Row
from .timing import interleave
from .workshop import AREAS, FOREIGN_AREA, call


def growth(workshop, sizes):
    programs = {"small": call(workshop.pool(1000)), "large": call(workshop.pool(sizes.large))}
    ratios, values = {}, {}
    for place, areas in {"in the area": AREAS, "elsewhere": [FOREIGN_AREA]}.items():
        times = interleave(workshop, programs, workshop.inputs(areas), sizes.runs // 2)
        ratios[place] = times["large"].ratio(times["small"])
        values |= {f"{name}, {place}": its.figures() for name, its in times.items()}
    worst = max(ratios.values())
    return [Row("growth of the pool", f"from 1,000 to {sizes.large:,} numbers",
                "; ".join(f"{place} {ratio:.2f} x" for place, ratio in ratios.items()), "at most 1.15", worst / 1.15,
                values=ratios | values)], {}


def asleep(workshop, sizes):
    """99 of 100 numbers asleep, those imported last awake: one of each area, and of the first area none."""
    count, sleepers = sizes.numbers, sizes.numbers * 99 // 100
    nobody = "19995551212"  # of no area here: the numbers are taken in the order they were imported
    idle = workshop.pool(count)
    reserved = workshop.copy(idle)
    workshop.picks(reserved, sleepers, to=nobody, ttl=86_400, rate=0)
    at_limit = workshop.pool(count, lambda index: 1 if index < sleepers else "none")
    workshop.picks(at_limit, sleepers, to=nobody, ttl=0, rate=0)
    disabled = workshop.copy(idle)
    numbers = [line.split(",")[0] for line in
               (workshop.folder / workshop.numbers_file(count)).read_text().split()[1:]]
    for start in range(0, sleepers, 500):
        workshop.admin(disabled, "disable", *numbers[start:min(start + 500, sleepers)])
    stores = {"idle": idle, "reserved": reserved, "disabled": disabled, "at limit": at_limit}
    for store in (reserved, disabled, at_limit):
        workshop.admin(store, "disable", numbers[sleepers])
    programs = {name: call(store) for name, store in stores.items()}
    ratios = {}
    for place, areas in {"in the area": AREAS[1:], "elsewhere": AREAS[:1]}.items():
        times = interleave(workshop, programs, workshop.inputs(areas), sizes.runs // 2)
        ratios |= {f"{name} {place}": times[name].ratio(times["idle"]) for name in list(stores)[1:]}
    worst = max(ratios, key=ratios.get)
    return [Row("99 % of the pool asleep",
                "99 % reserved, disabled or at their limit, in the area and elsewhere, against idle",
                f"{min(ratios.values()):.2f} to {ratios[worst]:.2f} x", "at most 1.25", ratios[worst] / 1.25,
                values=ratios)], {}


def rules(workshop, sizes):
    """Every rule on, and 99 of 100 numbers asleep for the calling campaign only."""
    count, sleepers = sizes.numbers, sizes.numbers * 99 // 100
    plain = workshop.pool(count)
    ruled = workshop.copy(plain)
    for key, value in {"rest_below_answer_rate": 10, "rest_above_short_share": 90, "warm_up_days": 14,
                       "warm_up_start": 1000, "max_concurrent": 2}.items():
        workshop.admin(ruled, "config", "set", key, str(value))
    workshop.admin(ruled, "campaign", "set", "SALES", "number_daily_limit=1000", "number_hourly_limit=1000",
                   "hourly_limit=1000000", "sticky=destination", "sticky_for=1", "when_exhausted=least-used",
                   "respect_existing=yes", "caller_id=8005550100")
    workshop.admin(ruled, "agent", "set", "1001", "--calls-per-minute", "1000000")
    tired = workshop.copy(plain)
    workshop.admin(tired, "campaign", "set", "SALES", "number_daily_limit=1")
    fresh = workshop.copy(tired)
    workshop.picks(tired, sleepers, to="19995551212", ttl=0, rate=0)
    programs = {name: call(store) for name, store in
                {"plain": plain, "ruled": ruled, "fresh": fresh, "tired": tired}.items()}
    # A call to each area at most: its one number that is awake for the campaign then sleeps too.
    times = interleave(workshop, programs, workshop.inputs(AREAS[1:]), min(180, sizes.runs // 2))
    ruled_ratio, tired_ratio = times["ruled"].ratio(times["plain"]), times["tired"].ratio(times["fresh"])
    return [Row("every rule on", "every rule on, against none; 99 % asleep for one campaign only, against idle",
                f"{ruled_ratio:.2f} x; {tired_ratio:.2f} x", "at most 1.25", max(ruled_ratio, tired_ratio) / 1.25,
                values={name: its.figures() for name, its in times.items()})], {}
