#!/usr/bin/env python3
"""Writes pictures of pages again with 256 colours at most, which makes their files a third as large.

    small_png.py FOLDER

A page has few colours, and many shades of them where letters end: those that stand there most stay as they are, and each
other one becomes the nearest of these. It reads what Chromium writes: eight bits, with or without transparency, not
interlaced (https://www.w3.org/TR/png-3/).
"""

import collections
import pathlib
import struct
import sys
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256


def shrink(path):
    width, height, pixels = read(path.read_bytes())
    counts = collections.Counter(pixels)
    palette = [colour for colour, _ in counts.most_common(COLOURS)]
    index = {colour: place for place, colour in enumerate(palette)}
    for colour in counts:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda place: distance(colour, palette[place]))
    rows = bytes(map(index.__getitem__, pixels))
    # Indices are not near each other where colours are: filters would make it larger.
    lines = b"".join(b"\0" + rows[start:start + width] for start in range(0, len(rows), width))
    written = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) \
        + chunk(b"PLTE", b"".join(palette)) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    if len(written) < path.stat().st_size:
        path.write_bytes(written)


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def read(data):
    """The width, the height, and the colours in the order of the picture, three bytes each."""
    if not data.startswith(SIGNATURE):
        raise ValueError("this is not a PNG file")
    place, packed, head = len(SIGNATURE), b"", b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        content = data[place + 8:place + 8 + length]
        if kind == b"IHDR":
            head = content
        elif kind == b"IDAT":
            packed += content
        place += length + 12
    width, height, bits, colours, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if (bits, interlaced) != (8, 0) or colours not in (2, 6):
        raise ValueError("this is a PNG file of another kind than Chromium's")
    size = 3 if colours == 2 else 4
    raw, pixels = zlib.decompress(packed), []
    above = bytearray(width * size)
    for line in range(height):
        start = line * (width * size + 1)
        above = unfiltered(raw[start], bytearray(raw[start + 1:start + 1 + width * size]), above, size)
        pixels += [bytes(above[at:at + 3]) for at in range(0, len(above), size)]
    return width, height, pixels


def unfiltered(kind, row, above, size):
    if kind == 2:
        return bytearray([(a + b) & 255 for a, b in zip(row, above)])
    for at in range(len(row)) if kind else ():
        left, corner = (row[at - size], above[at - size]) if at >= size else (0, 0)
        guess = {1: left, 3: (left + above[at]) // 2}.get(kind)
        row[at] = (row[at] + (paeth(left, above[at], corner) if guess is None else guess)) & 255
    return row


def paeth(left, above, corner):
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


if __name__ == "__main__":
    for picture in sorted(pathlib.Path(sys.argv[1]).glob("*.png")):
        # Those of the last time have a palette already.
        if picture.read_bytes()[25] != 3:
            shrink(picture)
