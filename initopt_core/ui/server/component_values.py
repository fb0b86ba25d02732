"""What a component holds is read without a class of its own.

Streamlit shows what a component of ours holds as a dictionary that can be written through, of a
class that it makes anew whenever anybody looks, its own bookkeeping as well: some thirty times a
change. We only read. The function is not a public one: `tests/ui/server/test_component_values.py`
fails when an upgrade moves it, and pages then work as without this.
"""

from __future__ import annotations

from typing import Any

from .wrapping import wrap


def begin() -> None:
    """Let it be read so; cheap when repeated."""
    wrap(
        "streamlit.components.v2.bidi_component.main", "",
        {"make_bidi_component_presenter": _plainly}, "each look at a component makes a class",
    )  # fmt: skip


def _plainly(make: Any) -> Any:
    """`make(triggers, component, allowed)` whose presenter gives a plain dictionary, unless
    triggers are to be told with it."""

    def made(triggers: str, *others: Any, **named: Any) -> Any:
        usual = make(triggers, *others, **named)

        def present(held: object, state: Any) -> object:
            if isinstance(held, dict) and triggers not in state._new_widget_state.states:
                return dict(held)
            return usual(held, state)

        return present

    return made
