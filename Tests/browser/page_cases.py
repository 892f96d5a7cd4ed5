"""What breaks pages like this one elsewhere, and what people change on it. `page_checks.py` takes these checks in.

Each case names where it was met.
"""

import json
import re
import time
import urllib.request

from browse import demand_accessible, tab_to

FIGURES = "document.getElementById('figures').innerText"


def log_in(page, world, role="write", target="/dashboard"):
    page.goto(world["address"] + target)
    page.fill("#token", world[role])
    page.click("button.main")
    page.wait_for_url("**" + target.split("?")[0] + "*")


def call(world, destination="12125551212"):
    with urllib.request.urlopen(
            f"{world['address']}/next-cid?to={destination}&campaign={world['campaign']}&format=text&ttl=0") as answer:
        return answer.read().decode().strip()


def followers(world):
    with urllib.request.urlopen(world["address"] + "/metrics") as answer:
        return int(re.search(r"^callerid_page_followers (\d+)", answer.read().decode(), re.M)[1])


def wait_for_followers(world, count):
    for _ in range(200):
        if (seen := followers(world)) == count:
            return
        time.sleep(0.1)
    raise AssertionError(f"{seen} pages follow, not {count}")


def told(page):
    return page.locator(".notice:not([hidden])").inner_text()


# What is changed


def check_a_number_is_added_changed_and_retired(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/numbers")
        page.get_by_role("link", name="Add a number").click()
        demand_accessible(page)
        page.fill("#number", "2125550177")
        page.fill("#n-pool", "fresh")
        page.fill("#n-area_code", "nowhere")
        page.get_by_role("button", name="Add it").click()
        assert "Nothing was added" in page.get_by_role("alert").inner_text()
        assert page.input_value("#n-pool") == "fresh", "what was filled in is lost"
        page.fill("#n-area_code", "212 917")
        page.get_by_role("button", name="Add it").click()
        page.wait_for_url("**/dashboard/numbers/12125550177")
        assert "is added" in told(page)
        page.get_by_text("Change its fields").click()
        demand_accessible(page)
        page.fill("#n-carrier", "<b>Acme</b>")
        page.get_by_role("button", name="Keep these fields").click()
        assert "<b>Acme</b>" in page.locator("main").inner_text() and "carrier of" in told(page)
        page.get_by_text("Retire it").click()
        page.get_by_role("button", name="Retire", exact=True).click()
        # The browser itself asks for the mark.
        assert page.evaluate("document.querySelector('[name=sure]').validity.valueMissing")
        page.get_by_label("is to be retired").check()
        page.get_by_role("button", name="Retire", exact=True).click()
        assert "is retired" in told(page)


def check_a_change_of_the_audit_is_taken_back(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/add")
        page.fill("#number", "2125550188")
        page.get_by_role("button", name="Add it").click()
        page.get_by_role("link", name="Audit").click()
        row = page.locator("tbody tr", has_text="add 2125550188")
        row.get_by_role("link").click()
        demand_accessible(page)
        assert "add 2125550188" in page.locator("main").inner_text()
        page.get_by_role("button", name="Take it back").click()
        assert "is taken back: 1 as before" in told(page)
        assert page.locator("tbody tr", has_text="undo").first.get_by_role("link").count() == 0
        page.goto(world["address"] + "/dashboard/numbers?q=2125550188")
        assert page.locator(".empty").count() == 1


def check_words_of_a_file_are_decided_on(browser, world):
    with browser.page() as page:
        log_in(page, world, target="/dashboard/import")
        page.fill("#numbers", "Full Number,Status\n2125550161,billable\n2125550162,dormant\n")
        page.get_by_role("button", name="Show what would be done").click()
        demand_accessible(page)
        assert page.get_by_role("button", name="Import them").count() == 0
        page.get_by_label("billable").select_option("yes")
        page.get_by_label("dormant").select_option("no")
        page.get_by_role("button", name="Look again").click()
        page.get_by_role("button", name="Import them").click()
        page.wait_for_url("**/dashboard/numbers")
        assert "2 added" in told(page)
        page.get_by_role("button", name="Undo").click()
        assert "is taken back: 2 as before" in told(page)


# What breaks elsewhere


def check_tabs_in_the_background_hold_no_connection(browser, world):
    """The seventh tab is never loaded (freenet/freenet-core#5213, burningmantech/ranger-ims-server#1320)."""
    with browser.page() as page:
        log_in(page, world)
        wait_for_followers(world, 1)
        before = page.evaluate(FIGURES)
        page.evaluate("""() => {
          Object.defineProperty(document, 'hidden', {value: true, configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
        }""")
        wait_for_followers(world, 0)
        call(world)
        page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
        wait_for_followers(world, 1)
        page.wait_for_function(f"before => {FIGURES} !== before", arg=before)


def check_updates_can_be_paused(browser, world):
    """Pages that move on their own take a reader's place away (dshakes/distil#39, WCAG 2.2.2)."""
    with browser.page() as page:
        log_in(page, world)
        wait_for_followers(world, 1)
        tab_to(page, "Pause updates", "button")
        page.keyboard.press("Enter")
        wait_for_followers(world, 0)
        before = page.evaluate(FIGURES)
        call(world)
        time.sleep(2)
        assert page.evaluate(FIGURES) == before
        page.keyboard.press("Enter")
        page.wait_for_function(f"before => {FIGURES} !== before", arg=before)


def check_what_is_marked_stays_marked(browser, world):
    """A cell cannot be copied, because it is drawn anew each second (grafana/grafana#103672, Parallels/rq-dashboard#164)."""
    with browser.page() as page:
        log_in(page, world)
        page.locator("#figures time").wait_for()
        page.evaluate("getSelection().selectAllChildren(document.querySelector('#figures dd'))")
        before = page.evaluate(FIGURES)
        call(world)
        time.sleep(2.5)
        assert page.evaluate("getSelection().toString()").strip(), "the mark is gone"
        assert page.evaluate(FIGURES) == before
        page.evaluate("getSelection().removeAllRanges()")
        page.wait_for_function(f"before => {FIGURES} !== before", arg=before)


def check_what_is_moved_stays_where_it_is(browser, world):
    """Each update moves a table back to its begin (google/google-visualization-issues#1454, mathesar#632)."""
    with browser.page(width=360) as page:
        log_in(page, world)
        box = page.locator("#hour .scroll")
        box.wait_for()
        box.evaluate("box => { box.scrollLeft = 120; box.parentElement.querySelector('details').open = true; }")
        before = page.locator("#hour").inner_html()
        call(world)
        page.wait_for_function("before => document.getElementById('hour').innerHTML !== before", arg=before)
        assert box.evaluate("box => box.scrollLeft") == 120
        assert page.locator("#hour details").evaluate("details => details.open")


def check_a_proxy_that_keeps_events_back_is_noticed(browser, world):
    """Between page and server a proxy collects what is sent (nginx/nginx#1505, mpetrunic/fastify-sse-v2#8)."""
    with browser.page() as page:
        page.clock.install()
        # It takes the request, and says nothing.
        page.route("**/events", lambda route: None)
        log_in(page, world)
        page.locator("#figures time").wait_for()
        before = page.evaluate(FIGURES)
        call(world)
        page.clock.run_for(45_000)
        page.wait_for_function(f"before => {FIGURES} !== before", arg=before)
        page.unroute("**/events")


def check_the_chart_has_the_times_of_the_table(browser, world):
    """A chart's axis is in another zone than the table (MetaCubeX/metacubexd#2009, traktore-org/sem-community#539)."""
    with browser.page(timezone_id="Asia/Kolkata") as page:
        log_in(page, world)
        page.locator("#hour text.label").first.wait_for()
        labels = page.locator("#hour text.label").all()
        assert labels
        for label in labels:
            expected = page.evaluate(
                "utc => new Date(utc).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'})",
                label.get_attribute("data-utc"))
            assert label.inner_html() == expected, (label.inner_html(), expected)


def check_a_browser_without_a_zone_shows_utc(browser, world):
    """Dashboards fail where the browser's zone is Etc/Unknown (rilldata/rill#3832, dagster-io/dagster#19391)."""
    with browser.page() as page:
        page.add_init_script("""
          const real = Intl.DateTimeFormat.prototype.resolvedOptions;
          Intl.DateTimeFormat.prototype.resolvedOptions = function () {
            return {...real.call(this), timeZone: 'Etc/Unknown'};
          };""")
        log_in(page, world, target="/dashboard/audit")
        assert "Times in UTC;" in page.locator("footer").inner_text()


def check_files_of_spreadsheets_are_read_as_they_are(browser, world):
    """Files come in UTF-16, in Windows-1252, or are no text at all (TablePress/TablePress#31)."""
    text = "caller_id\tname\n2125550151\tCafé Straße\n"
    with browser.page() as page:
        log_in(page, world, target="/dashboard/import")
        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
            page.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)})
            page.wait_for_function("text => document.getElementById('numbers').value === text", arg=text)
            page.fill("#numbers", "")
        for name, data, said in [("x.xlsx", b"PK\x03\x04" + bytes(100), "workbook"), ("x.csv", b"2" * 8_000_001, "too large")]:
            page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": data})
            page.wait_for_function("said => document.getElementById('file-note').textContent.includes(said)", arg=said)
            assert page.input_value("#numbers") == ""


def check_cells_that_a_spreadsheet_has_changed_are_named(browser, world):
    """Spreadsheets write numbers with an exponent, or as a formula (dilshod/xlsx2csv#190, react-csv/react-csv#136)."""
    with browser.page() as page:
        log_in(page, world, target="/dashboard/import")
        # As cells are copied: tabs, and what a cell shows.
        page.fill("#numbers", "Phone\tCarrier\n2.12555E+09\tAcme\n'2125550152\tAcme\n=\"2125550153\"\tAcme\n"
                  "2125550154.0\tAcme\n(212) 555-0155\xa0\tAcme\n")
        page.get_by_role("button", name="Show what would be done").click()
        seen = page.locator("main").inner_text()
        assert "2.12555E+09" in seen and "Line 2" in seen, seen[:800]
        assert "4 added, 0 updated, 0 unchanged, 1 rejected" in seen, seen[:800]


def check_a_form_of_a_session_that_is_over_is_not_lost(browser, world):
    """What was filled in is gone when the session ends meanwhile (openboxes#247, mozilla/experimenter#881)."""
    with browser.page(allowed=["status of 401"]) as page:
        log_in(page, world, target="/dashboard/import")
        page.fill("#numbers", "2125550159")
        page.context.clear_cookies()
        page.get_by_role("button", name="Show what would be done").click()
        assert "you are logged in no longer" in page.locator("main").inner_text()
        page.go_back()
        page.wait_for_load_state()
        kept = page.locator("#numbers, #token").first
        assert kept.get_attribute("id") == "token" or kept.input_value() == "2125550159"
        page.goto(world["address"] + "/dashboard")
        log_in(page, world, target="/dashboard/import")


def check_a_link_of_another_page_leads_through_the_way_in(browser, world):
    """VICIdial's pages link to a lead's calls, and a session may not have begun yet."""
    with browser.page() as page:
        log_in(page, world, target="/dashboard/calls?lead=7&campaign=" + world["campaign"])
        assert page.input_value("#f-lead") == "7" and page.input_value("#f-campaign") == world["campaign"]


def check_nothing_speaks_by_itself_but_the_connection(browser, world):
    """A screen reader reads a page that changes each second aloud without an end (asciinema/asciinema-player#280)."""
    with browser.page() as page:
        log_in(page, world)
        page.locator("#figures time").wait_for()
        live = page.eval_on_selector_all(
            "[aria-live], [role=status], [role=alert], [role=log]", "all => all.map(one => one.id)")
        assert live == ["connection"], json.dumps(live)
