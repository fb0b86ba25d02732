"""What Streamlit tells a browser at the begin of a run is made once.

It tells pages, settings and theme at the begin of every run, of a slider's as well, and looks all
of them up anew: a fifth of a change's processor time. Options of the theme do not change while a
server runs; of the rest, a run of a page's parts is told what the one before it was told, since
only a whole run can change it. The functions are not public ones: `tests/ui/server/
test_openings.py` fails when an upgrade moves them, and pages then work as without this.
"""

from __future__ import annotations

import functools
import weakref
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig

from .wrapping import wrap

_told: weakref.WeakKeyDictionary[Any, tuple[str, ForwardMsg]] = weakref.WeakKeyDictionary()
"""Of each session: the page of its last run, and what opened it, without the run's name."""


def begin() -> None:
    """Let both be kept; cheap when repeated."""
    module = "streamlit.runtime.app_session"
    around = {"_populate_theme_msg": _keeping}
    wrap(module, "", around, "every run looks up the theme")
    around = {"_create_new_session_message": _telling_again}
    wrap(module, "AppSession", around, "every run looks up pages and settings")


def _keeping(populate: Any) -> Any:
    """`populate(message, section)` that asks for each section's options once."""

    @functools.cache
    def made(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message, section)
        return message

    def populated(message: CustomThemeConfig, section: str = "theme") -> None:
        message.MergeFrom(made(section))

    return populated


def _telling_again(create: Any) -> Any:
    """`create(session, page, run, pages)` that makes the message of a run of parts from the last
    one."""

    def created(session: Any, page: str, run: Any, *pages: Any) -> ForwardMsg:
        known_page, known = _told.get(session, ("", None))
        if run.fragment_ids and known is not None and known_page == page:
            message = ForwardMsg()
            message.CopyFrom(known)
            message.metadata.run.script_run_id = run.script_run_id
            message.metadata.run.fragment_ids.extend(run.fragment_ids)
            return message
        message = create(session, page, run, *pages)
        known = ForwardMsg()
        known.new_session.CopyFrom(message.new_session)
        _told[session] = (page, known)
        return message

    return created
