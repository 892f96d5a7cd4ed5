"""What people do with the page, in a browser, on the store of a made-up week.

`world` has the address of a server, tokens of the roles `write` and `read`, and the truth of the week.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.request

from browse import as_printed, demand_accessible, screenshot, tab_order
from page_cases import *  # noqa: F403
from page_cases import call, log_in

VIEWS = {
    "overview": "/dashboard",
    "supply": "/dashboard/supply",
    "supply-area": "/dashboard/supply?area={dry}",
    "burnt": "/dashboard/burnt",
    "calls": "/dashboard/calls",
    "call": "/dashboard/calls/{request}",
    "numbers": "/dashboard/numbers",
    "number": "/dashboard/numbers/{burnt}",
    "campaigns": "/dashboard/campaigns",
    "campaign": "/dashboard/campaigns/{campaign}",
    "audit": "/dashboard/audit",
}


WALL = ["overview", "supply", "supply-area", "burnt", "number"]


def path(world, name):
    return VIEWS[name].format(
        dry=world["dry_area"], request=world["request"], burnt=world["burnt"][0], campaign=world["campaign"])


def wait_for_reports(page, world):
    """The reports of a week are made when somebody first asks for them; the views load themselves again until then."""
    for name in ["burnt", "supply"]:
        page.goto(world["address"] + path(world, name))
        page.locator(".card").first.wait_for(timeout=60_000)


def look_at_every_view(browser, world, width, dark, names=tuple(VIEWS)):
    with browser.page(width=width, height=900, dark=dark) as page:
        page.goto(world["address"] + "/dashboard")
        demand_accessible(page)
        screenshot(page, f"login-{width}-{'dark' if dark else 'light'}")
        log_in(page, world)
        wait_for_reports(page, world)
        for name in names:
            page.goto(world["address"] + path(world, name))
            page.locator("h1").wait_for()
            if name == "overview":
                page.locator("#pools table").wait_for(timeout=30_000)
            demand_accessible(page)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{name} is {overflow} pixels too wide at {width}"
            screenshot(page, f"{name}-{width}-{'dark' if dark else 'light'}")


def check_every_view_on_a_telephone(browser, world):
    look_at_every_view(browser, world, 360, False)


def check_every_view_on_a_screen(browser, world):
    look_at_every_view(browser, world, 1280, False)


def check_every_view_in_the_dark(browser, world):
    look_at_every_view(browser, world, 1280, True)


def check_every_view_on_a_telephone_in_the_dark(browser, world):
    look_at_every_view(browser, world, 360, True)


def check_the_views_of_a_wall_screen(browser, world):
    look_at_every_view(browser, world, 2560, False, WALL)


def check_the_views_of_a_wall_screen_in_the_dark(browser, world):
    look_at_every_view(browser, world, 2560, True, WALL)


def check_a_call_is_seen_as_it_comes(browser, world):
    with browser.page() as page:
        log_in(page, world)
        page.locator("#figures time").wait_for()
        before = page.locator("#figures").inner_text()
        page.evaluate("window.mark = 1")
        call(world)
        page.wait_for_function("text => document.getElementById('figures').innerText !== text", arg=before, timeout=20_000)
        assert page.evaluate("window.mark") == 1, "the page was loaded again"


def check_the_burnt_numbers_are_found_and_no_others(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/burnt")
        page.locator(".card table").wait_for(timeout=60_000)
        found = set(page.locator("tbody th").all_inner_texts())
        assert found == set(world["burnt"]), f"found {found}"


def check_the_area_that_runs_dry_is_said_to_need_numbers(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/supply")
        page.locator(".card table").wait_for(timeout=60_000)
        row = page.locator("tbody tr", has=page.get_by_role("link", name=world["dry_area"], exact=True)).first
        assert int(row.locator("td").nth(1).inner_text()) > 0
        row.locator("a").click()
        page.get_by_text("rounded up, is").first.wait_for()


def check_a_burnt_number_is_put_to_rest_and_the_rest_taken_back(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/burnt")
        page.locator(".card table").wait_for(timeout=60_000)
        number = page.locator("tbody th").last.inner_text()
        page.get_by_role("button", name=f"Let {number} rest for 7 days").click()
        notice = page.locator(".notice[role=status]:not([hidden])")
        assert number in notice.inner_text() and "rests until" in notice.inner_text()
        row = page.locator("tbody tr", has_text=number)
        assert "resting" in row.inner_text()
        page.get_by_role("button", name="Undo").click()
        assert "rests no longer" in page.locator(".notice:not([hidden])").inner_text()
        page.goto(world["address"] + "/dashboard/audit")
        assert "wake " + number in page.locator("tbody").inner_text()


def check_numbers_are_imported_after_a_look_at_what_would_be_done(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/import")
        demand_accessible(page)
        page.set_input_files("#file", {
            "name": "numbers.csv", "mimeType": "text/csv",
            "buffer": b"caller_id,pool,name\n2125550171,fresh,\"<b>one</b>\"\n2125550172,fresh,two\n123,fresh,three\n"})
        page.get_by_role("button", name="Show what would be done").click()
        seen = page.locator("main").inner_text()
        assert "2 added" in seen and "Line 4: 123" in seen, seen[:600]
        demand_accessible(page)
        page.get_by_role("button", name="Import them").click()
        page.wait_for_url("**/dashboard/numbers")
        assert "2 added" in page.locator(".notice:not([hidden])").inner_text()
        page.fill("#q", "212555017")
        page.get_by_role("button", name="Search").click()
        assert "<b>one</b>" in page.locator("tbody").inner_text()


def check_whoever_only_reads_is_offered_no_change(browser, world):
    with browser.page() as page:
        log_in(page, world, role="read", target=f"/dashboard/numbers/{world['burnt'][0]}")
        page.locator("h1").wait_for()
        assert page.locator("main form").count() == 0
        assert "reads only" in page.locator("header").inner_text()


def check_it_works_without_scripts(browser, world):
    with browser.page(javascript=False) as page:
        log_in(page, world)
        assert page.locator("noscript").count() == 1
        page.get_by_role("link", name="Numbers", exact=True).click()
        page.fill("#q", world["burnt"][0][:6])
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=world["burnt"][0]).click()
        assert page.locator("h1").inner_text() == world["burnt"][0]
        # Times stand there in the store's zone, which is named.
        assert world["zone"] in page.locator("footer").inner_text()


def check_it_works_with_the_keyboard_alone(browser, world):
    with browser.page() as page:
        page.goto(world["address"] + "/dashboard/numbers")
        page.locator("#token:focus").wait_for()
        page.keyboard.type(world["write"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/dashboard/numbers*")
        stops = tab_order(page)
        names = [stop.name for stop in stops]
        assert names[0] == "Skip to the content", names[:3]
        for name in ["Overview", "Audit", "Log out", "Search"]:
            assert name in names, f"{name} cannot be reached"
        # A table that can be scrolled may be higher than the window.
        hidden = [stop.name for stop in stops if stop.role != "region" and not stop.seen or stop.marked is False]
        assert not hidden, f"the focus is not seen on {hidden}"


def check_times_are_the_viewers(browser, world):
    with browser.page(timezone_id="Asia/Tokyo", locale="en-GB") as page:
        log_in(page, world, target="/dashboard/audit")
        assert "Asia/Tokyo" in page.locator("footer").inner_text()
        assert world["zone"] in page.locator("footer").inner_text()
        shown = page.locator("tbody time").first
        expected = page.evaluate(
            "time => new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Tokyo'})"
            ".format(new Date(time))", shown.get_attribute("datetime"))
        assert shown.inner_text() == expected, (shown.inner_text(), expected)


def check_it_can_be_printed(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/burnt")
        page.locator(".card table").wait_for(timeout=60_000)
        with as_printed(page):
            assert not page.locator("nav").is_visible()
            assert page.locator(".card table").is_visible()
            screenshot(page, "burnt-printed")


def check_each_question_takes_two_clicks_at_most(browser, world):
    """From the overview: the clicks, and what is seen then."""
    burnt = world["burnt"][0]
    questions = {
        "Is it working now?": ([], ["last hour", "Last request", "backup"]),
        "Are there enough numbers?": (["Supply", world["dry_area"]], ["to buy", "rounded up"]),
        "Which numbers are burnt?": (["Burnt numbers"], [burnt, "Expected", "Since"]),
        "What happened to that call?": (["Calls", "1st"], ["Why", "What became of it"]),
        "Who uses what?": (["Campaigns"], [world["campaign"], "In the area", "Agents who have called today"]),
        "When will this number be usable again?": (["Burnt numbers", burnt], ["This hour", "Its days", "Who changed it"]),
        "Who changed what?": (["Audit"], ["What, as a command"]),
    }
    with browser.page() as page:
        log_in(page, world)
        wait_for_reports(page, world)
        for question, (clicks, answers) in questions.items():
            page.goto(world["address"] + "/dashboard")
            page.locator("#figures dd").first.wait_for()
            assert len(clicks) <= 2
            for click in clicks:
                if click == "1st":
                    page.locator("tbody th a").first.click()
                else:
                    page.get_by_role("link", name=click, exact=True).first.click()
                page.wait_for_load_state()
            seen = page.locator("main").inner_text()
            for answer in answers:
                assert answer in seen, f"{question} {answer} is not seen after {clicks}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def check_it_survives_a_restart_of_the_server(browser, world):
    port, folder = free_port(), world["folder"]
    address = f"http://127.0.0.1:{port}"

    def start():
        server = subprocess.Popen(
            [world["server"], "--db", world["store"], "--no-agi", "--http", f"127.0.0.1:{port}"],
            env={**os.environ, "RUNTIME_DIRECTORY": folder}, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(address + "/health").read()
                return server
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not start")

    server = start()
    try:
        # What the browser says of a connection that is gone is no fault of the page.
        with browser.page(allowed=["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET",
                                   "ERR_EMPTY_RESPONSE", "ERR_FAILED", "status of 503"]) as page:
            log_in(page, {**world, "address": address})
            page.locator("#pools table").wait_for(timeout=30_000)
            server.send_signal(signal.SIGTERM)
            server.wait(20)
            page.locator("#connection").wait_for(state="visible", timeout=20_000)
            server = start()
            page.locator("#connection").wait_for(state="hidden", timeout=40_000)
            page.reload()
            assert page.locator("h1").inner_text() == "Overview", "nobody has to log in again"
    finally:
        server.kill()
        server.wait()
