"""The first calls of a day, with all of yesterday's numbers to free."""

from .report import Row
from .timing import Calls, interleave
from .workshop import call


def measure(workshop, sizes):
    """Yesterday every number made the one call that its limit allows, by the library's own picks on yesterday's clock;
    all sleep until midnight, and today's calls are the first after it."""
    without_cron = workshop.pool(sizes.freed, lambda index: 1)
    workshop.picks(without_cron, sizes.freed, ttl=0, ago=86_400, rate=0)
    with_cron, during_cron = workshop.copy(without_cron), workshop.copy(without_cron)
    workshop.admin(with_cron, "reset-usage", "--daily", "--past")
    # The same calls yesterday would have found nothing asleep.
    other = workshop.pool(sizes.freed)
    programs = {"other": call(other), "first": call(without_cron), "first, cron having run": call(with_cron)}
    times = interleave(workshop, programs, workshop.inputs(), sizes.runs // 2, warm_up=0)
    with Calls(workshop, call(during_cron), workshop.inputs()) as calls:
        workshop.admin(during_cron, "reset-usage", "--daily", "--past")
    times["first, cron running"] = calls.times
    slowest = {name: its.slowest / 1000 for name, its in times.items()}
    other = slowest.pop("other")
    later, refused = max(slowest.values()) - other, calls.times.refused
    figure = ", ".join(f"{value:.1f}" for value in slowest.values())
    return [Row("first calls after midnight",
                f"slowest first call after midnight, {sizes.freed:,} numbers to free; cron to come, over, running",
                f"{figure} ms, of other calls {other:.1f}; {refused} refused", "at most 10 ms more",
                max(later, 0) / 10, later <= 10 and refused == 0,
                {name: its.figures() for name, its in times.items()})], {}
