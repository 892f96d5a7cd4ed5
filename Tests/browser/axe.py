"""axe's rules for pages that everyone can use, those of WCAG 2.0, 2.1 and 2.2 for the levels A and AA."""

from typing import NamedTuple

from chromium import folder

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


class Violation(NamedTuple):
    rule: str
    target: str
    help: str
    detail: str

    def __str__(self):
        return f"{self.rule} at {self.target}: {self.help}. {self.detail}"


def axe(page, undecided=False):
    """What in the page, as it is now, breaks a rule: a Violation for each element.

    With `undecided`, those are added of which axe could not say whether they break one, such as text over a picture.
    """
    source = (folder() / "axe.min.js").read_text(encoding="utf-8")
    with page.scripts.lifted():
        # The debugger runs this, so a strict Content-Security-Policy does not mind.
        for frame in page.frames:
            frame.evaluate(source)
        # Fetching style sheets again would be a request that the page's policy may forbid. The rule of WCAG 2.2 for the
        # size of targets is off unless it is named.
        found = page.evaluate(
            """levels => axe.run(document, {
                runOnly: levels, preload: false, rules: {'target-size': {enabled: true}},
                resultTypes: ['violations', 'incomplete'],
            })""", LEVELS)
    kinds = ["violations"] + (["incomplete"] if undecided else [])
    return [
        Violation(rule["id"], " ".join(map(_selector, node["target"])), rule["help"],
                  " ".join(node.get("failureSummary", "").split()))
        for kind in kinds for rule in found[kind] for node in rule["nodes"]
    ]


def demand_accessible(page):
    """Fails with the text of each violation, if there is any."""
    found = axe(page)
    assert not found, "axe found:\n" + "\n".join(map(str, found))


def _selector(target):
    # The way into a shadow tree is a list.
    return " > ".join(target) if isinstance(target, list) else target
