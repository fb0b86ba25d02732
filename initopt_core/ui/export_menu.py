"""The "Export" menu of a figure: nothing is made, nor sent, before somebody opens it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.errors import StreamlitAPIException

from initopt_core.figures import export
from initopt_core.figures.export import ExportOptions
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.figure import Figure
from initopt_core.wording import as_text

from . import address, stage, waiting
from .offers import NOTHING, Told, offers, present_part, told
from .server import making

if TYPE_CHECKING:
    from .clip_menu import Clips

Maker = Callable[[], "str | bytes"]
Dress = Callable[..., ExportOptions]
"""(figure, look=options) -> the options with the figure's title, caption and source."""

LABELS = {
    "theme": {"light": "Light", "dark": "Dark", "print": "Print"},
    "text": {"page": "As here", "slide": "For a slide"},
    "shape": {"natural": "As here", "16:9": "16:9", "4:3": "4:3", "column": "One column"},
    "scale": {1: "1x", 2: "2x", 3: "3x", 4: "4x"},
}
NAMES = {"theme": "Colours", "text": "Letters", "shape": "Shape", "scale": "PNG, pixels"}
USUAL = {"theme": "light", "text": "page", "shape": "natural", "scale": export.SCALE}
# A menu opens to the side that has so much room, before it is known what is in it. The rules come
# and go with the open menu: a sheet of the page would have to ask at every change which popover has
# a menu of ours in it (:has), which takes the browser longer than the change.
_ROOM = """<style>
[data-testid=stPopoverBody] { --wide: 34rem; --high: 15rem; min-width: 0; max-width: none;
  width: min(var(--wide), 100vw - 1rem); min-height: min(var(--high), 60vh); }
[data-testid=stPopoverBody] [data-testid=stVerticalBlock] { gap: .6rem; }
[data-testid=stPopoverBody] [data-testid=stHorizontalBlock] { gap: .5rem; }
[data-testid=stPopoverBody] [data-testid=stElementContainer]:has(> .stHtml .export-room) {
  position: absolute; }
@media (max-width: 640px) {  /* What goes on below the menu's edge fades out there. */
  [data-testid=stPopoverBody]::after { content: ""; display: block; position: sticky;
    bottom: -23px; height: 3rem; margin: -.4rem -23px -23px; pointer-events: none; z-index: 1;
    background-color: inherit; mask-image: linear-gradient(transparent, #000 80%); }
}
</style><div class="export-room"></div>"""
_MORE_ROOM = _ROOM.replace("34rem", "37.3rem").replace("15rem", "29.5rem")
"""With a clip to make, too."""
TOGETHER = "All figures of this page, zip"
_LOOK, _TOGETHER = "_export_look", "_export_together"


@dataclass(frozen=True)
class Offer:
    """A figure that the page shows or could show, for the zip of all of them."""

    figure: Figure | Callable[[], Figure]
    extra: Mapping[str, Maker] = field(default_factory=dict)
    said: Told = NOTHING
    page: Callable[[Figure, ExportOptions], bytes] = chart_page

    def made(self) -> Figure:
        figure = self.figure if isinstance(self.figure, Figure) else self.figure()
        return replace(figure, settings={**self.said.settings, **figure.settings})


def export_buttons(
    figure: Figure | Callable[[], Figure],
    *,
    key: str,
    label: str = "Export",
    extra: Mapping[str, Maker] | None = None,
    clips: Clips | None = None,
    no_clips: str = "",
    name: str = "",
    dress: Dress | None = None,
    together: bool = True,
    page: Callable[[Figure, ExportOptions], bytes] = chart_page,
) -> None:
    """A small popover with the figure in every format, in the look that is chosen there.

    Closed it costs one element and no computation. When it is opened the part of the page that it
    stands in is drawn, which may be older than what is shown; then it is drawn alone. A download
    does not rerun anything: the file is made when its button is pressed.

    Args:
        figure: the figure beside it, or what makes it when a file is wanted.
        key: unique on the page.
        label: what the closed menu says.
        extra: more downloads, file name -> maker, for example a runnable snippet.
        clips: what moves, label -> maker; no_clips: why nothing does, where that is asked.
        name: of the files; the figure's own name unless given.
        dress: gives the options title, caption and source; else the page's setting, the figure's
            description and the page's link.
        together: whether it belongs into the zip of all that the page shows.
        page: makes the interactive page, one HTML file.
    """
    if stage.is_on() or st.context.is_embedded:
        return  # on stage and in a frame nobody takes anything along
    offer = Offer(figure, extra or {}, told(), page)
    if together:
        offers()[key] = offer
    _menu(offer, key, label, clips or {}, no_clips, name, dress, together, present_part())


def also(
    key: str,
    make: Callable[[], Figure],
    *,
    extra: Mapping[str, Maker] = {},
    place: Mapping[str, str] | None = None,
) -> None:
    """A figure that the page can show at this setting and has no menu for now: it belongs into the
    zip of all, and is computed when that is asked for.

    Args:
        key: that of its menu, when it has one.
        make, extra: as of `export_buttons`.
        place: see `offers.Told`, in place of `offers.telling`'s.
    """
    if not (stage.is_on() or st.context.is_embedded):
        said = told() if place is None else replace(told(), place=place)
        offers().setdefault(key, Offer(make, extra, said))


@st.fragment
def _menu(
    offer: Offer,
    key: str,
    label: str,
    clips: Clips,
    no_clips: str,
    name: str,
    dress: Dress | None,
    together: bool,
    part: str,
) -> None:
    opened = partial(_opened, f"{key}-export", part)
    menu = st.popover(label, icon=":material/download:", key=f"{key}-export", on_change=opened)
    menu.html(_MORE_ROOM if clips else _ROOM)
    if not menu.open:
        return
    teller = address.teller()
    dress = dress or partial(_as_told, teller, offer)
    with menu:
        look, worded = _look(key)
        clothed = dress if worded else _bare
        made = offer.made()
        name = name or made.name
        downloads: list[tuple[str, str, str | None, Maker]] = [
            (form.label.split(",")[0] if kind == "png" else form.label, f"{name}{form.suffix}",
             form.mime,
             partial(_still, offer, kind, look, dress if kind == "settings" else clothed))
            for kind, form in export.FORMATS.items()
        ]  # fmt: skip
        downloads += [
            (f"{word.capitalize()}, CSV", f"{name}{end}", "text/csv", make)
            for word, (end, make) in zip(made.more, export.further(made).items(), strict=True)
        ]
        page = partial(_page, offer, look, clothed)
        downloads.append(("Interactive page, HTML", f"{name}.html", "text/html", page))
        downloads += [(_said(file), file, None, make) for file, make in offer.extra.items()]
        with st.container(horizontal=True, gap="small", key=f"{key}-export-files"):
            for said, file, mime, make in downloads:
                st.download_button(
                    said,
                    data=make,
                    file_name=file,
                    mime=mime,
                    key=f"{key}-export-{file.removeprefix(name)}",
                    on_click="ignore",
                )
            if together:
                st.button(
                    TOGETHER,
                    help="Computes all, also what is not open now.",
                    key=f"{key}-export-together",
                    on_click=partial(_begin, look, teller),
                )
        if together:
            _begun(key, teller)
        if clips:
            from .clip_menu import clip_menu  # with encoders that nothing else needs

            clip_menu(clips, key=key, name=name, look=partial(_clip_look, offer, look, clothed))
        elif no_clips:
            st.caption(no_clips)


def _opened(menu: str, part: str) -> None:
    """Callback: what a menu offers is that of the setting which is shown now."""
    if part and st.session_state.get(menu):
        try:
            st.rerun([part])
        except StreamlitAPIException:  # it is not on the page any more
            st.rerun()


def _said(file: str) -> str:
    return "Program, Python" if file.endswith(".py") else file


def _look(key: str) -> tuple[ExportOptions, bool]:
    """The look that is chosen, one for all menus of a session, and whether words are wanted."""
    held = st.session_state.setdefault(_LOOK, {**USUAL, "words": True})
    for part, value in held.items():
        st.session_state[f"{key}-look-{part}"] = value

    def keep(part: str) -> None:
        chosen = st.session_state[f"{key}-look-{part}"]
        if part == "words" or chosen in LABELS[part]:  # a socket may send any text
            held[part] = chosen

    with st.container(horizontal=True, gap="small"):
        for part, labels in LABELS.items():
            st.selectbox(
                NAMES[part], list(labels), format_func=labels.get, key=f"{key}-look-{part}",
                on_change=keep, args=(part,), width=118,
            )  # fmt: skip
    st.toggle(
        "With title, settings and link", key=f"{key}-look-words", on_change=keep, args=("words",)
    )
    return ExportOptions(**{part: held[part] for part in USUAL}), held["words"]


def _as_told(
    told: Callable[[], tuple[str, str]], offer: Offer, figure: Figure, look: ExportOptions
) -> ExportOptions:
    """What the page shows in words, and the link of where it shows this."""
    title, link = told()
    said = offer.said
    shown = figure.caption or figure.alt
    stop = "" if shown.endswith((".", "!", "?")) or not shown else "."
    caption = f"{shown}{stop} {said.caption}".strip()
    return replace(look, title=said.title or title, caption=caption, source=_at(link, said.place))


def _at(link: str, place: Mapping[str, str]) -> str:
    """The link with other values of these names."""
    if not (link and place):
        return link
    parts = urlsplit(link)
    asked = {**dict(parse_qsl(parts.query)), **place}
    return urlunsplit(parts._replace(query=urlencode({k: v for k, v in asked.items() if v})))


def _bare(figure: Figure, look: ExportOptions) -> ExportOptions:
    return look


def _still(offer: Offer, kind: str, look: ExportOptions, dress: Dress) -> bytes:
    """A file; where its pixels would be too many, as many as there may be."""
    figure = offer.made()
    options = dress(figure, look=look)
    try:
        return export.export(figure, kind, options)
    except export.TooManyPixels as problem:
        if problem.most < 1:
            raise
        return export.export(figure, kind, replace(options, scale=math.floor(problem.most)))


def _page(offer: Offer, look: ExportOptions, dress: Dress) -> bytes:
    figure = offer.made()
    return offer.page(figure, dress(figure, look=look))


def _clip_look(offer: Offer, look: ExportOptions, dress: Dress) -> dict[str, str]:
    worn = dress(offer.made(), look=look)
    return {part: getattr(worn, part) for part in ("theme", "title", "caption", "source")}


def _begin(look: ExportOptions, told: Callable[[], tuple[str, str]]) -> None:
    """Have all figures of this page made; what was asked for before is not wanted any more."""
    held = address.session_key(_TOGETHER)
    if held in st.session_state:
        st.session_state[held][0].cancel()
    then = told()
    make = partial(_together, list(offers().values()), look, lambda: then)
    job = making.together.begin(make, making.Job("figures.zip", "application/zip", "Figure"))
    st.session_state[held] = job, then


def _begun(key: str, told: Callable[[], tuple[str, str]]) -> None:
    """The zip that this session has asked for on this page, in whichever menu."""
    job, then = st.session_state.get(address.session_key(_TOGETHER), (None, None))
    if job is None:
        return
    waiting.file_of(job, making.together, f"{key}-together")
    if not job.problem and told() != then:
        st.caption(as_text(f"As it was set when you asked for it: {then[0]}"))


def _together(
    held: Sequence[Offer],
    look: ExportOptions,
    told: Callable[[], tuple[str, str]],
    job: making.Job,
) -> bytes:
    """One zip of what the page shows."""
    shown = [
        export.Shown(offer.made, partial(_as_told, told, offer, look=look), offer.extra)
        for offer in held
    ]
    return export.zipped(shown, progress=job.step)
