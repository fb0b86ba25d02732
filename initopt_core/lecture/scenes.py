"""A lecture: saved views of the pages in an order, each with what is said about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from initopt_core.reading import SettingError, did_you_mean, shown

HOME, COURSE, SCENES = "home", "course", "lecture"
"""Pages that are no laboratory: home has no path of its own, the last lists scenes and is none."""
LABORATORIES = ("initialization", "training", "loss_surfaces")
PAGES = (HOME, *LABORATORIES, COURSE)
"""Pages that a scene may show, by the last part of their path."""
FIGURES = {"initialization": ("", "depth", "part")}
"""Page -> what may fill its window: the main figure, the variances over the depth, the open part.
On the others the main one alone, on `COURSE` any figure of its gallery; see `check_figure`."""
PRESENTED = ("lecture", "scene", "figure", "type", "embed", "embed_options", "controls")
"""Names in a link that say how a page is presented, not what it shows."""
MAX_SCENES, MAX_TITLE, MAX_QUESTION, MAX_NOTES, MAX_LINK = 200, 100, 240, 4000, 2000
MAX_NAME = 40
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_figure(page: str, figure: str) -> None:
    """Whether this may fill the window of a page. Which figures the gallery of `COURSE` has is for
    the page to say: here only that this could be the name of one.

    Raises:
        SettingError: where it may not.
    """
    if not figure or (page == COURSE and len(figure) <= MAX_NAME and _NAME.fullmatch(figure)):
        return
    known = FIGURES.get(page, ())
    if figure not in known:
        end = f"{did_you_mean(figure, known)}; choose from {', '.join(filter(None, known))}."
        raise SettingError(f"there is no figure {shown(figure)}{end if known else ' on its page.'}")


def link_to(page: str, given: Iterable[tuple[str, str]], base: str = "") -> str:
    """A page with these names and values in its link, below the app's address `base`."""
    path, asked = "" if page == HOME else page, urlencode([*given])
    return f"{base.rstrip('/')}/{path}{f'?{asked}' if asked else ''}"


@dataclass(frozen=True)
class Scene:
    """One view and what is said about it.

    Attributes:
        title: a few words, at the top of the window.
        page: one of `PAGES`.
        settings: names and values as the page's link holds them; defaults left out.
        figure: what fills the window, empty for the page's main one; see `check_figure`.
        question: asked before the answer; may be empty.
        notes: for the speaker alone.
        hides: whether the figure is covered until it is revealed.

    Raises:
        SettingError: for a page, figure or text that cannot be.
    """

    title: str
    page: str
    settings: tuple[tuple[str, str], ...] = ()
    figure: str = ""
    question: str = ""
    notes: str = ""
    hides: bool = False

    def __post_init__(self) -> None:
        if self.page == SCENES:
            raise SettingError("the page Scenes lists scenes and cannot be one itself.")
        if self.page not in PAGES:
            near = did_you_mean(self.page, PAGES)
            raise SettingError(
                f"there is no page {shown(self.page)}{near}; choose from {', '.join(PAGES)}."
            )
        check_figure(self.page, self.figure)
        texts = (("title", MAX_TITLE), ("question", MAX_QUESTION), ("notes", MAX_NOTES))
        for name, most in texts:
            if len(getattr(self, name)) > most:
                raise SettingError(f"its {name} is longer than {most} characters.")
        if not self.title.strip():
            raise SettingError("it has no title.")

    @property
    def covers(self) -> bool:
        """Whether it hides an answer: pages without one figure have nothing to guess."""
        return self.hides and (self.page in LABORATORIES or bool(self.figure))

    @property
    def link(self) -> str:
        """The view as a link without its server, such as /training?epochs=5."""
        given = [*self.settings, *([("figure", self.figure)] if self.figure else [])]
        return link_to(self.page, given)

    @classmethod
    def at(cls, link: str, title: str, **more: object) -> Scene:
        """The scene that a link shows, whole or without its server.

        Raises:
            SettingError: for a link to something else.
        """
        if len(link) > MAX_LINK:
            raise SettingError(f"its link is longer than {MAX_LINK} characters.")
        try:
            address = urlsplit(link.strip())
            given = parse_qsl(address.query, keep_blank_values=True)
        except ValueError:
            raise SettingError(f"{shown(link)} is no link.") from None
        if not link.strip():
            raise SettingError(f"{shown(link)} is no link.")
        page = address.path.rstrip("/").rsplit("/", 1)[-1] or HOME
        settings = tuple((n, v) for n, v in given if n.lower() not in PRESENTED)
        figure = dict(given).get("figure", "")
        if page in PAGES and figure in FIGURES["initialization"] and page not in FIGURES:
            figure = ""  # it was left in the link by the page before, and means nothing here
        return cls(title, page, settings, figure, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Lecture:
    """Scenes in their order.

    Attributes:
        name: in links: small letters, digits and single hyphens.
        title: what people call it.
    """

    name: str
    title: str
    scenes: tuple[Scene, ...] = ()

    def scene(self, number: int) -> Scene | None:
        """The scene of this number, from 1; None where there is none."""
        return self.scenes[number - 1] if 1 <= number <= len(self.scenes) else None

    def added(self, scene: Scene, number: int | None = None) -> Lecture:
        """With one more scene, at the end or as the given number.

        Raises:
            SettingError: for one too many.
        """
        if len(self.scenes) >= MAX_SCENES:
            raise SettingError(f"A lecture has at most {MAX_SCENES} scenes; remove one first.")
        at = len(self.scenes) if number is None else number - 1
        return replace(self, scenes=(*self.scenes[:at], scene, *self.scenes[at:]))

    def without(self, number: int) -> Lecture:
        """Without the scene of this number; as it is where there is none."""
        if self.scene(number) is None:
            return self
        return replace(self, scenes=self.scenes[: number - 1] + self.scenes[number:])

    def changed(self, number: int, scene: Scene) -> Lecture:
        """With another scene of this number; as it is where there is none."""
        if self.scene(number) is None:
            return self
        found = list(self.scenes)
        found[number - 1] = scene
        return replace(self, scenes=tuple(found))

    def moved(self, number: int, by: int) -> Lecture:
        """With one scene moved by so many places, as far as there are any; as it is where there is
        no such scene: a button may be older than the list."""
        if self.scene(number) is None:
            return self
        found = list(self.scenes)
        scene = found.pop(number - 1)
        found.insert(min(max(number - 1 + by, 0), len(found)), scene)
        return replace(self, scenes=tuple(found))


def followed(before: Lecture, after: Lecture, number: int) -> int:
    """Number in `after` of the scene that has this number in `before`, or of the one that has come
    to it; 1 where there is none."""
    if len(after.scenes) == len(before.scenes) + 1:
        pairs = zip(before.scenes, after.scenes, strict=False)
        return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), len(after.scenes))
    scene = before.scene(number)
    places = [n for n, one in enumerate(after.scenes, 1) if one == scene]
    if places:
        return min(places, key=lambda n: abs(n - number))
    return max(1, min(number, len(after.scenes)))


def is_name(text: str) -> bool:
    """Whether a link may name a lecture so."""
    return len(text) <= MAX_NAME and bool(_NAME.fullmatch(text))


def name_of(title: str) -> str:
    """A name that tells the title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[: MAX_NAME - 10].strip("-") or "lecture"
