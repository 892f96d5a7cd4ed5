"""Pictures of pages, on the screen and as printed."""

import contextlib
import pathlib
import re

#: Where the runner keeps pictures, if anywhere.
kept_in = None


def screenshot(page, name):
    """Keeps a picture of the whole page as NAME.png, if the runner was given a folder. Returns its path, or nothing."""
    if kept_in is None:
        return None
    path = _path(name, "png")
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


@contextlib.contextmanager
def as_printed(page):
    """Shows the page as its style for print has it, until the end of the block."""
    page.emulate_media(media="print")
    try:
        yield page
    finally:
        page.emulate_media(media="null")


def print_to_pages(page, name, **options):
    """Prints the page on A4, and returns how many sheets that takes. Keeps NAME.pdf beside the pictures."""
    printed = page.pdf(format="A4", **options)
    if kept_in is not None:
        _path(name, "pdf").write_bytes(printed)
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def _path(name, ending):
    folder = pathlib.Path(kept_in)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / (re.sub(r"[^A-Za-z0-9._-]+", "-", name) + "." + ending)
