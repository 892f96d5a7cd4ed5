"""The browser that Tests/tools/fetch-browser has brought, and pages in it that notice what goes wrong in them."""

import contextlib
import os
import pathlib
import re

from playwright.sync_api import Error, sync_playwright

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def folder():
    """Where the browser is: what BROWSER names, or else where `make browser` puts it."""
    return pathlib.Path(os.environ.get("BROWSER") or REPOSITORY / ".build" / "browser")


class PageTrouble(AssertionError):
    """What went wrong in a page, although the check itself may have found all it looked for."""


class Chromium:
    """One browser for all checks. Each page has a context of its own: no cookie and no cache is shared."""

    def __init__(self, hosts=()):
        self._hosts = {"127.0.0.1", "localhost", "[::1]", *hosts}
        self._playwright = None
        self._browser = None
        #: The address of the page that was opened last, for the report of a check that failed.
        self.address = ""
        #: Called with a page in whose block a check has failed, while it is still open.
        self.failed = lambda page: None

    def __enter__(self):
        self._playwright = sync_playwright().start()
        # Every other host is unknown: a page that asks for one fails here as it does where there is no network.
        rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in sorted(self._hosts))])
        self._browser = self._playwright.chromium.launch(
            executable_path=folder() / "chromium", args=[f"--host-resolver-rules={rules}"])
        return self

    def __exit__(self, *_):
        # A browser that has died is not to hide what its checks said.
        with contextlib.suppress(Error):
            self._browser.close()
        self._playwright.stop()

    @property
    def version(self):
        return self._browser.version

    @contextlib.contextmanager
    def page(self, width=1280, height=800, dark=False, javascript=True, allowed=(), **options):
        """Opens an empty page of Playwright's, and closes it at the end of the block.

        The block fails at its end if the page had an error in its console, an exception, a request that failed, a
        violation of its Content-Security-Policy or a crash, unless one of the regular expressions in `allowed` matches
        the trouble. `options` are those of Playwright's new_context, such as extra_http_headers, ignore_https_errors,
        forced_colors and reduced_motion. Without JavaScript, Playwright finds what stands in a <noscript> by its
        element, as in page.locator("noscript p"), and not by its text.
        """
        context = self._browser.new_context(**{
            "viewport": {"width": width, "height": height}, "color_scheme": "dark" if dark else "light",
            "locale": "en-US", "timezone_id": "UTC", **options})
        context.set_default_timeout(20_000)
        troubles = Troubles()
        try:
            page = context.new_page()
            _prepare(page, troubles, javascript)
            # Those that the page opens.
            context.on("page", lambda other: _prepare(other, troubles, javascript))
            try:
                yield page
                noticed = troubles.noticed(allowed)
                if noticed:
                    raise PageTrouble("\n".join(noticed))
            except Exception as error:
                if not isinstance(error, PageTrouble):
                    for trouble in troubles.noticed(allowed):
                        error.add_note(trouble)
                self.address = page.url
                with contextlib.suppress(Error):
                    self.failed(page)
                raise
        finally:
            with contextlib.suppress(Error):
                context.close()


def _prepare(page, troubles, javascript):
    troubles.watch(page)
    # Not by Playwright's option, which nothing can lift for a moment: axe needs timers and promises.
    page.scripts = Scripts(page, javascript)


class Troubles:
    """What pages have told of themselves since they were opened."""

    def __init__(self):
        self._found = []
        self._watched = []

    def watch(self, page):
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._add(f"exception: {error}"))
        page.on("requestfailed", self._request_failed)
        page.on("crash", lambda _: self._add("the page crashed"))
        # The console tells of violations too, but in words that change from one Chromium to the next.
        audits = page.context.new_cdp_session(page)
        audits.on("Audits.issueAdded", lambda event: self._issue(event["issue"], page))
        audits.send("Audits.enable")
        self._watched.append((page, audits))

    def noticed(self, allowed=()):
        """The troubles so far that are not allowed."""
        for page, audits in self._watched:
            # What has happened before an answer is told before it. A page may be closed or have crashed.
            with contextlib.suppress(Error):
                page.evaluate("0")
                audits.send("Audits.enable")
        return [trouble for trouble in self._found if not any(re.search(pattern, trouble) for pattern in allowed)]

    def _add(self, trouble):
        if trouble not in self._found:
            self._found.append(trouble)

    def _console(self, message):
        if message.type == "error":
            place = message.location
            self._add(f"console error: {message.text} ({place['url']}:{place['lineNumber'] + 1})")

    def _request_failed(self, request):
        # The page itself gave this one up: it was left, or it is a download.
        if request.failure != "net::ERR_ABORTED":
            self._add(f"failed request: {request.method} {request.url}: {request.failure}")

    def _issue(self, issue, page):
        details = issue["details"].get("contentSecurityPolicyIssueDetails")
        if details:
            place = details.get("sourceCodeLocation", {})
            what = details.get("blockedURL") or details["contentSecurityPolicyViolationType"]
            self._add(f"CSP violation: {details['violatedDirective']}: {what}"
                      f" ({place.get('url', page.url)}:{place.get('lineNumber', 0) + 1})")


class Scripts:
    """Whether a page runs its scripts."""

    def __init__(self, page, allowed):
        self._session = page.context.new_cdp_session(page)
        self._allowed = allowed
        self._set(allowed)

    def _set(self, allowed):
        self._session.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    @contextlib.contextmanager
    def lifted(self):
        """Lets scripts of ours wait for something. The page's own were not loaded and stay away."""
        self._set(True)
        try:
            yield
        finally:
            self._set(self._allowed)
