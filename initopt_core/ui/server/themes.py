"""The theme is told to browsers from a message that was made once.

Streamlit tells it at the begin of every run, of a slider's as well, and looks through all its
options for each of the theme's six sections: a tenth of a change's processor time. Options of the
theme do not change while a server runs. The function is not a public one:
`tests/ui/server/test_themes.py` fails when an upgrade moves it, and pages then work as without
this.
"""

from __future__ import annotations

import functools
import logging
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig

_log = logging.getLogger("initopt.themes")


def keep() -> None:
    """Let every section's message be kept; cheap when repeated."""
    try:
        from streamlit.runtime import app_session

        populate = app_session._populate_theme_msg
    except (ImportError, AttributeError) as problem:
        _log.warning("every run looks up the theme: %s", problem)
        return
    if not getattr(populate, "keeps", False):
        app_session._populate_theme_msg = _keeping(populate)


def _keeping(populate: Any) -> Any:
    """`populate(message, section)` that asks for each section's options once."""

    @functools.cache
    def made(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message, section)
        return message

    @functools.wraps(populate)
    def populated(message: CustomThemeConfig, section: str = "theme") -> None:
        message.MergeFrom(made(section))

    populated.keeps = True  # pyright: ignore[reportAttributeAccessIssue]  # marks what is wrapped
    return populated
