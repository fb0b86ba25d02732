"""Reads a QR code off the SVG that draws it, by the standard (ISO/IEC 18004), not by the library
that made it: byte mode, one block, no errors to mend, so up to version 3."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np


def modules(svg: str) -> np.ndarray:
    """The drawn modules, dark as 1, without the white around them: int [n, n]."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    drawn = np.zeros((size, size), int)
    lines = next(e for e in root if e.get("stroke")).attrib["d"]
    x, y = 0.0, 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", lines):
        found = [float(n) for n in numbers.split()]
        if kind == "h":
            drawn[int(y), int(x) : int(x + found[0])] = 1
            x += found[0]
        else:
            x, y = (found[0], found[1]) if kind == "M" else (x + found[0], y + found[1])
    rows = np.flatnonzero(drawn.any(1))
    assert rows[0] >= 4 and size - 1 - rows[-1] >= 4, "the standard asks for four white modules"
    return drawn[rows[0] : rows[-1] + 1, rows[0] : rows[-1] + 1]


MASKS = (
    lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)  # fmt: skip


def read(svg: str) -> str:
    """The text that a scanner finds."""
    code = modules(svg)
    n = len(code)
    version = (n - 17) // 4
    assert version in (1, 2, 3), "one block only"
    mask = int("".join(map(str, code[8, 2:5] ^ np.array([1, 0, 1]))), 2)
    taken = np.zeros_like(code)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = 1
    taken[6] = taken[:, 6] = 1
    if version > 1:
        taken[n - 9 : n - 4, n - 9 : n - 4] = 1
    bits = []
    up = True
    for right in [*range(n - 1, 6, -2), 5, 3, 1]:
        for r in range(n - 1, -1, -1) if up else range(n):
            for c in (right, right - 1):
                if not taken[r, c]:
                    bits.append(int(code[r, c]) ^ (MASKS[mask](r, c) == 0))
        up = not up
    text = "".join(map(str, map(int, bits)))
    assert text[:4] == "0100", "byte mode"
    many = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * i : 20 + 8 * i], 2) for i in range(many)).decode()
