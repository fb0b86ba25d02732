"""What all pages share: the head line, the tight margins, and a guard against tracebacks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from initopt_core.registry import SettingError

from .server import logs

_CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding: 3.9rem 1.6rem 2rem; max-width: 1600px; }
[data-testid="stSidebarUserContent"] { padding-top: .4rem; padding-bottom: 2rem; }
[data-testid="stSidebarHeader"] { height: 2.6rem; padding-bottom: 0; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.55rem; padding: 0 0 .1rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: .55rem; }
/* What only holds parts at fixed places takes none in the flow. */
[data-testid="stLayoutWrapper"]:has(> [data-testid="stVerticalBlock"] > .st-key-address-bar),
[data-testid="stLayoutWrapper"]:has(> .st-key-type-size) { position: absolute; left: 0; width: 0; }
[data-testid="stVerticalBlock"]:has(> .st-key-address-bar) { width: 0; }
/* The icon says it to the eye, its words to the ear. */
[class*="st-key-_run"][class*="_more"] button [data-testid="stMarkdownContainer"] {
  position: absolute; clip-path: inset(50%); white-space: nowrap; pointer-events: none; }
/* Contrast of small print and of what is chosen; a visible focus everywhere. */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit; }
[data-testid="stCaptionContainer"] { opacity: .8; }
button[data-variant="segmented_control"][data-selected="true"] p,
button[data-variant="pills"][data-selected="true"] p { color: light-dark(#2f5f8f, #9cc4ec); }
[data-testid="stBaseButton-primary"]:not(:disabled) p,
[data-tag] span { color: light-dark(#fff, #10141a); }
:is(a, button, input, summary, [role="tab"], [role="button"], [tabindex="0"]):focus-visible {
  outline: 2px solid #4477aa; outline-offset: 2px; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.25rem; padding: .4rem 0 .1rem; }
/* Heads and sentences keep their room before they come, so that no figure moves down. */
.st-key-page-head { margin-top: 0; min-height: 2.5rem; }
.st-key-page-head h1 { padding: 0; }
.st-key-init-say { min-height: 3.25rem; justify-content: center; }
.st-key-surface-say { min-height: 3rem; }
/* A formula that is wider than its column goes on in the next line. */
.katex-display > .katex, .katex-display > .katex > .katex-html { white-space: normal; }
.katex-display .base { margin: .15em 0; }
.initopt-sentence { font-size: 1.02rem; line-height: 1.45; margin: 0 0 .2rem;
  font-variant-numeric: tabular-nums; }
table, .stDataFrame, [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media (min-width: 641px) {
  /* The button that mends it stands beside the sentence, never below it. */
  .st-key-init-say { flex-wrap: nowrap; }
  .st-key-init-say > :first-child { flex: 1 1 0; min-width: 0; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem .8rem 2rem; }
}
</style>
"""


def page_style() -> None:
    """Margins and sizes that let a page fit one screen of a lecture hall; once a run, by app.py."""
    st.session_state["_app"] = True
    st.html(_CSS)


def page_header(title: str, sentence: str = "") -> None:
    """The page's name and one sentence on what it shows; every page begins with it."""
    enter()
    st.title(title, anchor=False)
    if sentence:
        st.markdown(sentence)


def enter() -> None:
    """Run app.py first where Streamlit has run the page's file by itself.

    It does so for the very first visitor after a start if a deep link brought him: until some
    session has called `st.navigation`, a folder named pages means the older kind of multipage app.
    """
    from streamlit.runtime.pages_manager import PagesManager

    if getattr(PagesManager, "uses_pages_directory", False) and "_app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def let_it_be_drawn() -> None:
    """Let the browser draw what was sent so far before more is sent.

    Streamlit's frontend gathers what arrives within 10 ms and draws it in one go: without a pause
    the figure that the user waits for would wait for every control of the page.
    """
    time.sleep(0.02)


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Turn an error into a sentence: bad settings and data say themselves what to do, anything
    unforeseen goes to the log with its details, never to the page."""
    try:
        yield
    except Exception as error:  # rerun and stop are no Exceptions and pass through
        from initopt_core.data import DataError  # with torch: not before the frame is drawn

        if isinstance(error, (SettingError, DataError)):
            st.warning(str(error), icon=":material/tune:")
            return
        st.error(
            f"{what} could not be shown (error {logs.unforeseen(what)}). Reset the settings or "
            "reload the page; the server's log has the details under this number.",
            icon=":material/error:",
        )
