"""PDF with its parts in a fixed order: the same figure gives the same bytes.

The converter numbers and writes fonts and other shared objects as they come out of a hash table,
anew in each process. Here objects are numbered and written in the order in which the page refers
to them; nothing else changes.
"""

from __future__ import annotations

import re

_NAMED = re.compile(rb"(?:[ \t]+/\w+ \d+ 0 R\n)+")
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_PLACES = re.compile(rb"(\d{10}) \d{5} n")
_FACTS = re.compile(rb"\s*/Info \d+ 0 R")
_FIRST = re.compile(rb"(\d+) 0 obj\n")
_MARK = b"%\x80\x80\x80\x80"
"""The second line: bytes that say that the file is not text."""


def in_order(pdf: bytes, title: str = "") -> bytes:
    """A PDF of the converter's, its objects in the order of their use.

    One with another kind of table, which a later converter may write, is given back as it is.

    Args:
        title: of the document, for a reader's window and for libraries; empty for none.
    """
    table = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    if not pdf.startswith(b"xref\n", table):
        return pdf
    places = sorted(int(m) for m in _PLACES.findall(pdf, table))
    objects: dict[bytes, tuple[bytes, bytes]] = {}
    for begin, end in zip(places, [*places[1:], table], strict=True):
        number = _FIRST.match(pdf, begin)
        assert number, "the table of the PDF is wrong"
        head, stream, rest = pdf[number.end() : end].partition(b"\nstream\n")
        objects[number[1]] = _sorted(head), stream + rest
    trailer = _sorted(pdf[pdf.index(b"trailer", table) : pdf.index(b"startxref", table)])
    if title:  # it comes with facts of its own
        trailer = _FACTS.sub(b"", trailer)
    new: dict[bytes, int] = {}
    open_ = [m[1] for m in _REFERENCE.finditer(trailer)]
    while open_:
        number = open_.pop(0)
        if number not in new:
            new[number] = len(new) + 1
            open_ = [m[1] for m in _REFERENCE.finditer(objects[number][0])] + open_

    def renumbered(part: bytes) -> bytes:
        return _REFERENCE.sub(lambda m: b"%d 0 R" % new[m[1]], part)

    parts, at = [pdf.split(b"\n", 1)[0] + b"\n" + _MARK + b"\n\n"], []
    length = len(parts[0])
    for number, fresh in new.items():
        head, rest = objects[number]
        at.append(length)
        parts.append(b"%d 0 obj\n" % fresh + renumbered(head) + rest)
        length += len(parts[-1])
    told = b""
    if title:
        at.append(length)
        written = f"\ufeff{title}".encode("utf-16-be").hex().encode()
        facts = b"/Title <%s>\n  /Producer (Initopt)" % written
        parts.append(b"%d 0 obj\n<<\n  %s\n>>\nendobj\n\n" % (len(at), facts))
        length += len(parts[-1])
        told = b"/Info %d 0 R\n  " % len(at)
    lines = b"".join(b"%010d 00000 n\r\n" % place for place in at)
    size = len(at) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f\r\n%s" % (size, lines))
    trailer = re.sub(rb"/Size \d+", b"%s/Size %d" % (told, size), renumbered(trailer))
    return b"".join([*parts, trailer, b"startxref\n%d\n%%%%EOF" % length])


def _sorted(head: bytes) -> bytes:
    """The names in a dictionary that refer to objects, in the alphabet's order."""
    return _NAMED.sub(lambda m: b"".join(sorted(m[0].splitlines(keepends=True))), head)
