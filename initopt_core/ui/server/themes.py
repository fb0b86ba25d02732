"""The theme is told to browsers from a message that was made once.

Streamlit tells it at the begin of every run, of a slider's as well, and looks through all its
options for each of the theme's six sections: a tenth of a change's processor time. Options of the
theme do not change while a server runs. The function is not a public one:
`tests/ui/server/test_themes.py` fails when an upgrade moves it, and pages then work as without
this.
"""

from __future__ import annotations

import functools
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig

from .wrapping import wrap


def keep() -> None:
    """Let every section's message be kept; cheap when repeated."""
    around = {"_populate_theme_msg": _keeping}
    wrap("streamlit.runtime.app_session", "", around, "every run looks up the theme")


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
