"""Where the app shows a figure: as a link, or in words where its address is not known."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from initopt_core.lecture.scenes import HOME, link_to
from initopt_core.reading import SettingError

__all__ = ["HOME", "checked", "in_words", "link", "moved"]

_PREFIX = "In Initopt: "
Query = Iterable[tuple[str, str]]
link = link_to


def in_words(page: str, query: Query) -> str:
    """The page's name, and what its link holds."""
    name = page.replace("_", " ").capitalize()
    return _PREFIX + ", ".join([name, *(f"{key}={value}" for key, value in query)])


def moved(place: str, query: Query) -> str:
    """Another setting of the same page.

    Args:
        place: of `link` or `in_words`.
        query: that setting.
    """
    if place.startswith(_PREFIX):
        page = place.removeprefix(_PREFIX).partition(", ")[0]
        return in_words(page, query)
    return f"{place.partition('?')[0]}?{urlencode([*query])}"


def checked(base: str) -> str:
    """The app's address as it was given; "" for none.

    Raises:
        SettingError: when it is none.
    """
    try:
        parts = urlsplit(base if base.isprintable() else "")
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        known = known and not (parts.query or parts.fragment)
    except ValueError:
        known = False
    if base and not known:
        raise SettingError(
            f"Link: {base!r} is not the app's address; it begins with https:// and ends before "
            "any ? or #."
        )
    return base
