#!/usr/bin/env python3
"""Runs checks of pages in a real browser.

    $BROWSER/python/bin/python browse.py CHECKS.py [--only NAME]... [--screenshots FOLDER] < world.json

CHECKS.py has functions check_…(browser, world). `world` is the JSON object from standard input: the server's address,
a token, and what the store is known to hold. For each check one line of JSON is printed, such as
{"check": "check_title", "ok": true, "seconds": 0.4, "detail": ""}. The exit code is 1 if a check has failed, and 2 if
there was none to run. A check is written so:

    from browse import demand_accessible, screenshot, tab_order

    def check_overview(browser, world):
        with browser.page(width=320, dark=True) as page:
            page.goto(world["address"] + "/dashboard")
            assert page.title() == "Overview"
            demand_accessible(page)
            screenshot(page, "overview-narrow-dark")

At the end of its block, a page fails the check for what has gone wrong in it: see Chromium.page.
"""

import argparse
import contextlib
import importlib.util
import json
import pathlib
import sys
import time
import traceback
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
# Checks import this module by its name, while it runs as the program.
sys.modules["browse"] = sys.modules[__name__]

import pictures  # noqa: E402
from axe import Violation, axe, demand_accessible  # noqa: E402, F401
from chromium import Chromium, PageTrouble  # noqa: E402, F401
from keyboard import Stop, tab_order, tab_to  # noqa: E402, F401
from pictures import as_printed, print_to_pages, screenshot  # noqa: E402, F401

MOST_DETAIL = 4000
# What a reader of a report need not see of the way to an error.
OURS = ["browse.py", "chromium.py", "axe.py", "keyboard.py", "pictures.py"]


def main():
    arguments = _arguments()
    world = _world()
    checks = _checks(arguments.checks, arguments.only)
    if not checks:
        return 2
    pictures.kept_in = arguments.screenshots
    host = urllib.parse.urlsplit(world.get("address", "")).hostname
    failed = False
    with Chromium(hosts=[host] if host else []) as browser:
        for name, check in checks:
            result = _run(name, check, browser, world)
            failed = failed or not result["ok"]
            print(json.dumps(result), flush=True)
    return 1 if failed else 0


def _arguments():
    parser = argparse.ArgumentParser(description="Runs checks of pages in a real browser.")
    parser.add_argument("checks", type=pathlib.Path)
    parser.add_argument("--only", action="append", metavar="NAME", help="run this check only; may be repeated")
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="FOLDER", help="where pictures are kept")
    return parser.parse_args()


def _world():
    text = "" if sys.stdin.isatty() else sys.stdin.read()
    return json.loads(text) if text.strip() else {}


def _checks(path, only):
    """The checks of a file in the order in which they stand there. A name may leave out check_."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(path.resolve().parent))
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    checks = [(name, value) for name, value in vars(module).items() if name.startswith("check_") and callable(value)]
    if not checks:
        print(f"browse.py: {path} has no checks", file=sys.stderr)
    for name in only or []:
        if not {name, "check_" + name} & {known for known, _ in checks}:
            print(f"browse.py: {path} has no check {name}", file=sys.stderr)
            return []
    return [(name, check) for name, check in checks if not only or {name, name.removeprefix("check_")} & set(only)]


def _run(name, check, browser, world):
    browser.address = ""
    browser.failed = lambda page: screenshot(page, name + "-failed")
    start = time.monotonic()
    detail = ""
    try:
        check(browser, world)
    except Exception as error:
        detail = _detail(error, browser.address)
    return {"check": name, "ok": not detail, "seconds": round(time.monotonic() - start, 2), "detail": detail}


def _detail(error, address):
    """What went wrong, where in the checks, and at which address."""
    theirs = ("site-packages", contextlib.__file__, *(str(HERE / name) for name in OURS))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if not any(part in frame.filename for part in theirs)]
    places = [f"{pathlib.Path(frame.filename).name}:{frame.lineno}: {frame.line}" for frame in frames[-4:]]
    message = "".join(traceback.format_exception_only(error)).strip()
    return "\n".join([*places, message[:MOST_DETAIL], f"at {address or 'no page'}"])


if __name__ == "__main__":
    sys.exit(main())
