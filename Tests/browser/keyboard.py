"""A page by its keys alone: where Tab leads, and whether one sees it."""

from typing import NamedTuple, Optional

MOST = 500

_FOCUSED = """(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === document.body || element === document.documentElement ? null : element;
})()"""
_REST = "() => { for (const animation of document.getAnimations()) try { animation.finish(); } catch {} }"
_LOOK = """element => {
  const style = getComputedStyle(element);
  return ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderTopColor', 'borderTopWidth',
    'backgroundColor', 'color', 'textDecorationLine'].map(name => style[name]).join(' ');
}"""
_SEEN = """element => {
  const box = element.getBoundingClientRect();
  const top = element.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.width > 0 && box.height > 0 && !!top && (element.contains(top) || top.contains(element));
}"""


class Stop(NamedTuple):
    role: str
    name: str
    selector: str
    #: Whether its middle is in the window, with nothing before it.
    seen: bool
    #: Whether the element looks different while it has the focus. `tab_to` does not know, as it stays there.
    marked: Optional[bool] = None

    def __str__(self):
        faults = (", not marked" if self.marked is False else "") + ("" if self.seen else ", not seen")
        return f'{self.role} "{self.name}" ({self.selector}{faults})'


def tab_order(page):
    """Where Tab leads, until it leaves the page or is back at the first stop. Fails if it is caught on the way."""
    stops, elements, look = [], [], None
    for element, stop in _walk(page):
        if elements:
            stops[-1] = stops[-1]._replace(marked=elements[-1].evaluate(_LOOK) != look)
        if stop is None:
            break
        if _is_among(element, elements):
            assert _is_among(element, elements[:1]), f"the focus is caught: after {stops[-1]} it is back at {stop}"
            break
        look = element.evaluate(_LOOK)
        stops.append(stop)
        elements.append(element)
    return stops


def tab_to(page, name, role=None):
    """Presses Tab until the element of this accessible name, and role, has the focus. Fails if none gets it."""
    elements, seen = [], []
    for element, stop in _walk(page):
        if stop is None or _is_among(element, elements):
            break
        if stop.name == name and role in (None, stop.role):
            return stop
        elements.append(element)
        seen.append(str(stop))
    raise AssertionError(f'Tab does not lead to "{name}", only to: ' + "; ".join(seen))


def _walk(page):
    """Each element that Tab leads to, with its stop, and at last nothing if Tab leaves the page."""
    session = page.context.new_cdp_session(page)
    try:
        for _ in range(MOST):
            page.keyboard.press("Tab")
            page.evaluate(_REST)
            element = page.evaluate_handle(_FOCUSED).as_element()
            if element is None:
                yield None, None
                return
            role, name = _role_and_name(session)
            selector = element.evaluate("element => element.localName + (element.id ? '#' + element.id : '')")
            yield element, Stop(role, name, selector, element.evaluate(_SEEN))
        raise AssertionError(f"Tab leads to more than {MOST} elements")
    finally:
        session.detach()


def _is_among(element, elements):
    return element.evaluate("(element, elements) => elements.includes(element)", elements)


def _role_and_name(session):
    element = session.send("Runtime.evaluate", {"expression": _FOCUSED})["result"]["objectId"]
    node = session.send("Accessibility.getPartialAXTree", {"objectId": element, "fetchRelatives": False})["nodes"][0]
    return node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "").strip()
