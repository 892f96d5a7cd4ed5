"""Checks of test_browse.py's own pages. Those in whose names something goes wrong are to fail."""

from browse import as_printed, axe, demand_accessible, print_to_pages, screenshot, tab_order, tab_to


def open_page(page, world, path):
    page.goto(world["address"] + path)


def check_good_page(browser, world):
    with browser.page() as page:
        open_page(page, world, "/good")
        assert page.title() == "Good"
        demand_accessible(page)
        screenshot(page, "good light")


def check_narrow_and_dark(browser, world):
    with browser.page(width=320, height=640, dark=True) as page:
        open_page(page, world, "/good")
        assert page.evaluate("innerWidth") == 320
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 17, 17)"
        demand_accessible(page)
        screenshot(page, "good dark")


def check_without_javascript(browser, world):
    with browser.page(javascript=False) as page:
        open_page(page, world, "/good")
        assert page.locator("noscript p").inner_text() == "Scripts are off"
        assert page.locator("output").inner_text() == ""
        demand_accessible(page)
        # axe has let scripts run for itself only.
        page.get_by_role("button", name="Count").click()
        page.reload()
        assert page.locator("output").inner_text() == ""
    with browser.page() as page:
        open_page(page, world, "/good")
        assert not page.locator("noscript p").is_visible()
        page.get_by_role("button", name="Count").click()
        assert page.locator("output").inner_text() == "1"


def check_keys(browser, world):
    with browser.page() as page:
        open_page(page, world, "/good")
        stops = tab_order(page)
        assert [(stop.role, stop.name) for stop in stops] == [
            ("link", "Home"), ("textbox", "Your name"), ("button", "Count")], stops
        assert all(stop.seen and stop.marked for stop in stops), stops
        tab_to(page, "Count", role="button")
        page.keyboard.press("Enter")
        assert page.locator("output").inner_text() == "1"


def check_focus_that_nobody_sees(browser, world):
    with browser.page() as page:
        open_page(page, world, "/unmarked")
        plain, covered = tab_order(page)
        assert (plain.marked, plain.seen) == (False, True), plain
        assert (covered.marked, covered.seen) == (True, False), covered


def check_focus_that_is_caught(browser, world):
    with browser.page() as page:
        open_page(page, world, "/trap")
        tab_order(page)


def check_print(browser, world):
    with browser.page(dark=True) as page:
        open_page(page, world, "/good")
        assert page.get_by_role("button", name="Count").is_visible()
        with as_printed(page):
            assert not page.get_by_role("button", name="Count").is_visible()
            screenshot(page, "good printed")
        assert page.get_by_role("button", name="Count").is_visible()
        assert print_to_pages(page, "good") == 2


def check_rules(browser, world):
    with browser.page() as page:
        open_page(page, world, "/rules")
        found = axe(page)
        assert {(violation.rule, violation.target) for violation in found} == {
            ("label", "#unlabelled"), ("color-contrast", "#pale"), ("html-has-lang", "html"),
            ("target-size", "#small"), ("target-size", "#near")}, "\n".join(map(str, found))
        assert "Form elements must have labels" in str(found), found


def check_missing_label(browser, world):
    with browser.page() as page:
        open_page(page, world, "/rules")
        demand_accessible(page)


def check_console_error(browser, world):
    with browser.page() as page:
        open_page(page, world, "/console")


def check_allowed_error(browser, world):
    with browser.page(allowed=["the disk is on fire"]) as page:
        open_page(page, world, "/console")


def check_exception(browser, world):
    with browser.page() as page:
        open_page(page, world, "/exception")


def check_violated_policy(browser, world):
    with browser.page() as page:
        open_page(page, world, "/policy")


def check_violated_policy_without_javascript(browser, world):
    with browser.page(javascript=False) as page:
        open_page(page, world, "/policy")


def check_missing_file(browser, world):
    with browser.page() as page:
        open_page(page, world, "/missing-file")


def check_cut_connection(browser, world):
    with browser.page() as page:
        open_page(page, world, "/cut-connection")
        page.get_by_text("It is gone").wait_for()


def check_other_host(browser, world):
    with browser.page() as page:
        open_page(page, world, "/other-host")


def check_page_that_it_opens(browser, world):
    with browser.page() as page:
        open_page(page, world, "/opens")
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Open").click()
        opened.value.get_by_role("button", name="Fail").click()


def check_wrong_title(browser, world):
    with browser.page() as page:
        open_page(page, world, "/console")
        assert page.title() == "Right", page.title()
