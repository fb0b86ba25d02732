"""The app's JavaScript in one piece: modules as texts, for whoever cannot ask for files."""

from __future__ import annotations

import re

from initopt_core.paths import ASSETS

WEB = ASSETS / "web"
_IMPORT = re.compile(r"""(?<=\bfrom)\s*["'](\.[^"']+)["']""")


def modules(*paths: str) -> list[tuple[str, str]]:
    """Path and text of these modules and of all that they import, each after those it needs.

    Whoever loads them puts addresses where a text names another one, as `"@@shared/numbers.js@@"`.

    Args:
        paths: below `assets/web`.
    """
    found: dict[str, str] = {}
    for path in paths:
        _collect(path, found)
    return list(found.items())


def _collect(path: str, found: dict[str, str]) -> None:
    if path in found:
        return

    def linked(match: re.Match[str]) -> str:
        other = (WEB / path).parent / match[1]
        name = other.resolve().relative_to(WEB.resolve()).as_posix()
        _collect(name, found)
        return f' "@@{name}@@"'

    text = _IMPORT.sub(linked, (WEB / path).read_text(encoding="utf-8"))
    found[path] = text
