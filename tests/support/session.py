"""What an `AppTest`'s session holds of ours."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from initopt_core.ui import address


def held(test: AppTest) -> address.Held:
    """Its pages and links."""
    if address.HELD not in test.session_state:
        test.session_state[address.HELD] = address.Held()
    return test.session_state[address.HELD]


def hold(test: AppTest, page: str = "", **values: Any) -> None:
    """Give controls of a page these values, as another part of the page would."""
    held(test).values.setdefault(page, {}).update(values)
