#!/usr/bin/env python3
"""Holds browse.py against pages of its own, in the browser that `make browser` has brought.

    .build/browser/python/bin/python Tests/browser/test_browse.py
"""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent

GOOD = """<!doctype html><html lang="en"><head><title>Good</title><link rel="stylesheet" href="/style.css">
<script src="/count.js" defer></script></head><body><main><h1>Good – ✓</h1><p><a href="/good">Home</a></p>
<p><label>Your name <input></label></p><p><button type="button">Count</button> <output></output></p>
<noscript><p>Scripts are off</p></noscript><p class="next">The second sheet</p></main></body></html>"""
STYLE = """body { font: 16px system-ui; background: #fff; color: #222 } a { color: #00c }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } a { color: #9cf } }
@media print { button { display: none } .next { break-before: page } }"""
COUNT = """document.querySelector('button').addEventListener('click', () => {
  document.querySelector('output').textContent = Number(document.querySelector('output').textContent) + 1;
});"""


def page(body, head="", lang=' lang="en"'):
    return f"<!doctype html><html{lang}><head><title>Page</title>{head}</head><body><main><h1>Page</h1>{body}</main></body></html>"


FILES = {
    "/good": GOOD,
    "/style.css": STYLE,
    "/count.js": COUNT,
    "/rules": page(
        '<p><input id="unlabelled"></p><p id="pale">Pale</p><p><button id="small">a</button><button id="near">b</button></p>',
        '<link rel="stylesheet" href="/rules.css">', lang=""),
    "/rules.css": "#pale { color: #bbb } #small, #near { width: 12px; height: 12px; padding: 0; border: 0; margin: 0 }",
    "/unmarked": page(
        '<p><button id="plain">Plain</button></p><p id="covered"><button>Covered</button></p><div id="cover"></div>',
        '<link rel="stylesheet" href="/unmarked.css">'),
    "/unmarked.css": "#plain { outline: none } #cover { position: fixed; inset: 150px 0 0 0; background: #ccc }"
                     "#covered { position: absolute; top: 300px }",
    "/trap": page('<button>First</button><button id="b">Second</button><button id="c">Third</button>',
                  '<script src="/trap.js" defer></script>'),
    "/trap.js": "document.querySelector('#c').addEventListener('keydown', event => {"
                " if (event.key === 'Tab') { event.preventDefault(); document.querySelector('#b').focus(); } });",
    "/console": page("", '<script src="/console.js"></script>'),
    "/console.js": "console.warn('it smokes'); console.error('the disk is on fire');",
    "/exception": page("", '<script src="/exception.js"></script>'),
    "/exception.js": "Promise.reject(new Error('nobody caught this'));",
    "/policy": page('<p style="color: red">Red</p>'),
    "/missing-file": page("", '<link rel="stylesheet" href="/nowhere.css">'),
    "/cut-connection": page('<p id="gone"></p>', '<script src="/cut.js" defer></script>'),
    "/cut.js": "fetch('/cut').catch(() => { document.querySelector('#gone').textContent = 'It is gone'; });",
    "/other-host": page("", '<link rel="stylesheet" href="http://fonts.invalid/style.css">'),
    "/opens": page('<a href="/opened" target="_blank">Open</a>'),
    "/opened": page('<button>Fail</button>', '<script src="/fail.js" defer></script>'),
    "/fail.js": "document.querySelector('button').addEventListener('click', () => { nowhere(); });",
}
KINDS = {".css": "text/css", ".js": "text/javascript"}

# What each check is to say: nothing, if it passes.
EXPECTED = {
    "check_good_page": None,
    "check_narrow_and_dark": None,
    "check_without_javascript": None,
    "check_keys": None,
    "check_focus_that_nobody_sees": None,
    "check_focus_that_is_caught": r'the focus is caught: after button "Third" \(button#c\) it is back at button "Second"',
    "check_print": None,
    "check_rules": None,
    "check_missing_label": r"label at #unlabelled: Form elements must have labels[\s\S]*/rules$",
    "check_console_error": r"console error: the disk is on fire \(http://127\.0\.0\.1:\d+/console\.js:1\)\nat http",
    "check_allowed_error": None,
    "check_exception": r"exception: .*nobody caught this",
    "check_violated_policy": r"CSP violation: style-src-attr: kInlineViolation \(.*/policy:1\)",
    "check_violated_policy_without_javascript": r"CSP violation: style-src-attr",
    "check_missing_file": r"console error: .*404.*/nowhere\.css",
    "check_cut_connection": r"failed request: GET .*/cut: net::ERR_EMPTY_RESPONSE",
    "check_other_host": r"CSP violation: style-src-elem: http://fonts\.invalid/style\.css",
    "check_page_that_it_opens": r"exception: .*nowhere is not defined",
    "check_wrong_title": r"sample_checks\.py:\d+: assert page\.title\(\) == .Right.*\nAssertionError: Page\nconsole error: the disk",
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/cut":
            self.close_connection = True
            return
        text = FILES.get(self.path)
        self.send_response(404 if text is None else 200)
        kind = KINDS.get(pathlib.PurePath(self.path).suffix, "text/html")
        self.send_header("Content-Type", kind + "; charset=utf-8")
        # As strict as the server's own. /cut-connection has to ask for something.
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; "
                         "base-uri 'none'; require-trusted-types-for 'script'"
                         + ("; connect-src 'self'" if self.path == "/cut-connection" else ""))
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_):
        pass


class BrowseTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.world = json.dumps({"address": f"http://127.0.0.1:{cls.server.server_port}"})

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def browse(self, *arguments):
        return subprocess.run(
            [sys.executable, HERE / "browse.py", HERE / "sample_checks.py", *arguments],
            input=self.world, capture_output=True, text=True, timeout=300)

    def test_each_check_says_what_it_found(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.browse("--screenshots", folder)
            pictures = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr, "")
        results = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([result["check"] for result in results], list(EXPECTED))
        for result in results:
            expected = EXPECTED[result["check"]]
            with self.subTest(result["check"]):
                self.assertEqual(result["ok"], expected is None, result["detail"])
                self.assertTrue(re.search(expected or "^$", result["detail"]), result["detail"])
                self.assertEqual(result["check"] + "-failed.png" in pictures, not result["ok"])
        self.assertTrue(pictures["good-light.png"].startswith(b"\x89PNG"))
        self.assertNotEqual(pictures["good-dark.png"], pictures["good-light.png"])
        self.assertTrue(pictures["good.pdf"].startswith(b"%PDF"))

    def test_one_check_that_passes(self):
        done = self.browse("--only", "good_page")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout)["check"], "check_good_page")

    def test_a_check_that_is_not_there(self):
        done = self.browse("--only", "good_pages")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no check good_pages", done.stderr)


if __name__ == "__main__":
    unittest.main()
