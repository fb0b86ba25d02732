"""Names in a link: which can mean nothing on a page, and what may have been meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from initopt_core.lecture.scenes import PRESENTED
from initopt_core.reading import did_you_mean
from initopt_core.registry import Registry


def meant(name: str, known: Mapping[str, str]) -> str:
    """ "; did you mean 'act'" for the known name that is near, or that goes by a near label."""
    if near := did_you_mean(name, known):
        return near
    plain = name.replace("_", " ").casefold()
    named = {label.casefold(): one for one, label in known.items()}
    found = difflib.get_close_matches(plain, named, n=1, cutoff=0.8)
    return f"; did you mean {named[found[0]]!r}" if found else ""


_MARKS = re.compile(r"_.*|(utm|mtm|pk|mc|hsa|ga|gad|igsh|ref)_\w+|[fgm]\w*clid")
"""Names that programs put into links, to know where people come from."""


def meaningless(names: Iterable[str], known: Collection[str], others: str = "") -> list[str]:
    """Which names of a link can mean nothing on a page that knows these.

    Args:
        others: pattern of further names that the page reads when something else is chosen; empty
            where nobody has said so: then a name with a digit or an underscore may be one.
    """
    may = (lambda n: re.fullmatch(others, n)) if others else (lambda n: not n.isalpha())
    strangers = (n for n in names if n not in known and n.lower() not in PRESENTED)
    return [n for n in strangers if not may(n) and not _MARKS.fullmatch(n)]


def settings_named(registry: Registry[Any], prefix: str) -> list[str]:
    """Names of all settings of all entries, as patterns for `meaningless`.

    Args:
        prefix: what stands before a setting's name, `{}` in it is the entry's.
    """
    return [
        prefix.format(re.escape(entry.name)) + re.escape(p.name)
        for entry in registry.values()
        for p in entry.parameters
    ]
