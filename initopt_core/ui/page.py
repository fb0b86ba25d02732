"""The one machine behind every laboratory: what is read, drawn, answered, undone and linked.

A page is a `Laboratory`: a function that reads its controls (which makes their table, see
`state.Reading`), and fragments, drawing functions that are handed what was read. A change of a
control answers with the fragments that depend on it, the picture first, and sends nothing else
again. Undo, Reset, link and title follow from the table.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initopt_core.registry import Parameter

from . import address, offers
from .components.number_slider import slider_news, sliders_told
from .controls import is_number, parameter_control
from .layout import enter, tell_of_crowd
from .server import answering
from .state import (
    CUT,
    Control,
    Reading,
    drop_notes,
    note_unknown,
    notes,
    notes_are_old,
    notice_bad_links,
    values,
)
from .undo import Undo

_READ, _DRAWN, _DUE = "_page_read", "_page_drawn", "_page_due"
_HAND = "_page_hand"
_SINCE = "_page_since"
UNSENT_SECONDS = 2.0
"""For so long after a whole run some of it may not have been sent; a run that begins then takes it
back."""
_OVER = object()
"""Run of a reading that is not to be handed out any more."""
Answers = Sequence[str] | Callable[[], Sequence[str]]
"""Parts that answer a change, or what tells them after it."""
PICTURE, CONTROLS, HEAD, BELOW, NOTES = "picture", "controls", "head", "below", "notes"


@dataclass
class _Read:
    """What was read in one run of the script, and for which."""

    run: Any
    reading: Reading
    held: Any
    settled: bool = False


def _anew() -> None:
    """Callback: the whole page, since nearly everything on it has changed."""
    drop_notes()
    st.rerun()


class Laboratory:
    """One page; all that it remembers lies in the visitor's session.

    Args:
        name: the page's path, under which the session keeps its values.
        title: what people call it.
        read: what the controls hold, from a `Reading`; without drawing them.
        words: of what was read, for the browser's tab.
        stays: names that Reset leaves as they are.
        links: names that a link may hold and `read` does not ask for, or not always.
        others: pattern of the names that `read` asks for when something else is chosen.
        follows: names of further fragments that answer every change at present, such as those of
            an open part; asked after the change was written.
        ahead: computes what the page shows of a reading, for all who come, and draws nothing; it
            yields after each step. A scene that comes next is made ready by it.
    """

    def __init__(
        self,
        name: str,
        title: str,
        read: Callable[[Reading], Any],
        *,
        words: Callable[[Any], Sequence[str]] = lambda held: (),
        stays: Sequence[str] = (),
        links: Sequence[str] = (),
        others: str = "",
        follows: Callable[[], Sequence[str]] = lambda: (),
        ahead: Callable[[Any], Iterable[None]] = lambda held: (),
    ) -> None:
        self.name, self.title = name, title
        self.read, self._words, self._stays, self._follows = read, words, stays, follows
        self.links, self.others, self.ahead = links, others, ahead
        self.history = Undo(name)

    # -- one run of the script -----------------------------------------------------------------

    def show(self, draw: Callable[[Any], None]) -> None:
        """The whole page, in a whole run of the script: `draw` is handed what was read."""
        enter()
        state = st.session_state
        unsent = time.monotonic() - state.get(_SINCE, -UNSENT_SECONDS) < UNSENT_SECONDS
        state[CUT] = state.get(_DRAWN) != self.name or unsent
        state[_DRAWN] = ""
        state[_DUE] = {}
        now = self._reread()
        self.history.remember(now.reading.values)  # before the head is drawn, which has Undo
        called = {name: control.parameter.label for name, control in now.reading.table.items()}
        note_unknown(dict.fromkeys(self.links, "") | called, self.others)
        draw(now.held)
        self._settle(now)
        tell_of_crowd()
        answering.note_once(() if self.history.possible() else self._keys((HEAD,)))  # Undo
        now.run = _OVER
        state[_DRAWN], state[_SINCE] = self.name, time.monotonic()

    def fragment(self, key: str, answers: Answers = ()) -> Callable[[Callable], Callable]:
        """A part of the page that answers controls by itself, drawn by a function of what was
        read: the page's reading in a whole run, a new one when parts run by themselves.

        Args:
            answers: the parts that usually answer what is changed in it, if not it alone; or what
                tells them, asked when it has been drawn.
        """

        def decorate(draw: Callable[..., None]) -> Callable[..., None]:
            @st.fragment(key=self._key(key))
            @functools.wraps(draw)
            def drawn(*args: Any) -> None:
                now = self._current()
                with offers.drawn_in(self._key(key)):
                    draw(now.held, *args)
                if answers:
                    answering.note(self._key(key), self._keys(_told(answers)))
                if now.run is not None:
                    tell_of_crowd()
                    if not st.session_state.get(_HAND):
                        self._settle(now)
                _done(key)

            return drawn

        return decorate

    @property
    def held(self) -> Any:
        """What the controls hold in this run."""
        return self._current().held

    @property
    def reading(self) -> Reading:
        """The table of the controls as they were read in this run."""
        return self._current().reading

    def _current(self) -> _Read:
        found = st.session_state.get(_READ)
        if found is not None and found.run is _run():
            return found
        return self._reread()

    def _reread(self) -> _Read:
        reading = Reading()
        now = _Read(_run(), reading, self.read(reading))
        st.session_state[_READ] = now
        return now

    def _settle(self, now: _Read) -> None:
        """After the figures: the link and the tab say what is shown, Undo knows the way back."""
        if now.settled:
            return
        now.settled = True
        self.history.remember(now.reading.values)
        address.title(self.title, *self._words(now.held))
        now.reading.write_links(self.name)

    # -- answers -------------------------------------------------------------------------------

    def answer(self, *parts: str) -> None:
        """Callback: draw these fragments anew, and what has to follow every change.

        What an earlier answer had to draw and was interrupted at is drawn, too.
        """
        if st.session_state.get(_DRAWN) != self.name:
            st.rerun()  # the page itself was interrupted
        drop_notes()
        follow = () if self.history.possible() else (HEAD,)  # now Undo can be pressed
        follow += (NOTES,) if notes_are_old() else ()
        due = st.session_state.setdefault(_DUE, {})
        now = dict.fromkeys((*parts, *follow, *self._follows()))
        due.update(now)
        wanted = self._keys(due)
        if answering.covered(wanted):
            st.session_state.pop(_READ, None)  # of before this change, if anything asked for it
            return
        for keys in (wanted, self._keys(now)):  # what was due may have gone since
            with contextlib.suppress(StreamlitAPIException):  # one of them is not on the page
                st.rerun(keys)
            st.session_state[_DUE] = now
        st.rerun()

    def draw(self, group: str, place: Any = st) -> None:
        """The controls of one place, in the order in which they were read."""
        for control in self.reading.group(group):
            self.draw_one(control, place)

    def draw_one(self, control: Control, place: Any = st) -> None:
        """One control. A slider is a fragment, so that its answer sends no other one again, and so
        is what stands `alone`, having other answers than its neighbours. `answers` may be a
        function, asked after the change. A slider that was changed is drawn anew, unless it hears
        from the picture what it holds: `told` says whether."""
        options: dict[str, Any] = dict(control.options)
        before = options.pop("before", None)
        answers = options.pop("answers", (PICTURE,))
        slides = is_number(control.parameter)
        alone = options.pop("alone", slides)
        told = options.pop("told", lambda: not (slides and alone))

        def answering_parts() -> tuple[str, ...]:
            return _told(answers) if told() else (*_told(answers), control.name)

        def changed() -> None:
            if before is not None:
                before()
            self.answer(*answering_parts())

        def drawn() -> None:
            # Its default and range may be others than when the controls around it were drawn.
            parameter = self.reading.table.get(control.name, control).parameter
            parameter_control(parameter, control.name, on_change=changed, link=False, **options)
            _done(control.name)

        with contextlib.nullcontext() if place is st else place:
            if alone:
                own = self._key(control.name)
                st.fragment(drawn, key=own)()
                answering.note(own, self._keys(answering_parts()))
            else:
                drawn()

    def tell_sliders(self, names: Iterable[str]) -> None:
        """Here sliders hear what they hold by now, when something beside them has set them; where
        the whole page is drawn, they are, too."""
        slider_news(self._to_tell(names))

    def news(self, names: Iterable[str]) -> tuple[dict[str, Any], ...]:
        """The same for a component of the picture that tells them itself: an element less."""
        return sliders_told(self._to_tell(names))

    def _to_tell(self, names: Iterable[str]) -> dict[str, Parameter]:
        now = self._current()
        table = now.reading.table if now.run is not None else {}
        return {name: table[name].parameter for name in names if name in table}

    def _key(self, part: str) -> str:
        return f"{self.name}-{part}"

    def _keys(self, parts: Iterable[str]) -> list[str]:
        """The picture first: it is what people wait for."""
        return [self._key(part) for part in sorted(set(parts), key=lambda part: part != PICTURE)]

    # -- setting everything ----------------------------------------------------------------------

    def set(self, wanted: dict[str, Any]) -> None:
        """Callback: give controls these values and draw the whole page."""
        values.update(wanted)
        _anew()

    def reset(self) -> None:
        """Callback: everything as it was at first."""
        address.forget(lambda name: name not in self._stays)
        _anew()

    def undo(self) -> None:
        """Callback: every control as before the last change."""
        if self.history.possible():
            before = self.history.back()
            now = self._reread().reading.values
            address.forget(lambda name: name in now)
            values.update(before)
        _anew()

    def notes(self) -> None:
        """What of the opened link could not be used, until the first change; a part of the page
        only then, since an empty one takes some room."""
        if notes():
            self.fragment(NOTES)(lambda held: notice_bad_links())()

    def head(self, *extras: Callable[[], None], help: str = "") -> None:
        """The page's head line: its name, what is particular to it, Undo and Reset."""
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="page-head"
        ):
            st.title(self.title, anchor=False, width="stretch")
            for extra in extras:
                extra()
            st.button(
                "Undo",
                icon=":material/undo:",
                key=f"_{self.name}_undo",
                help="Back to the settings before the last change.",
                on_click=self.undo,
                disabled=not self.history.possible(),
            )
            st.button(
                "Reset",
                icon=":material/restart_alt:",
                key=f"_{self.name}_reset",
                help=help or None,
                on_click=self.reset,
            )


def part(label: str, icon: str, key: str) -> Any:
    """A part of the sidebar where it is open, else None: a closed one's controls cost nothing."""
    box = st.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun")
    return box if box.open else None


def in_hand(moving: bool) -> None:
    """Callback: something is dragged; link and Undo are told when the hand rests."""
    st.session_state[_HAND] = moving


def _told(answers: Answers) -> tuple[str, ...]:
    """The parts themselves."""
    return tuple(answers if isinstance(answers, Sequence) else answers())


def _done(key: str) -> None:
    """An answer that was due has been drawn."""
    st.session_state.get(_DUE, {}).pop(key, None)


def _run() -> Any:
    """What tells this run of some fragments from others; None in a run of the whole page."""
    context = get_script_run_ctx()
    return context.fragment_ids_this_run if context else None
