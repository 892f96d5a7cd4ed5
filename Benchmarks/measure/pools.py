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
