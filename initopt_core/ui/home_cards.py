"""Home's first screen: what this is, and a card for each laboratory; its pictures are kept, so that
it stands there while PyTorch loads. Needs neither PyTorch nor Altair.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import streamlit as st

from . import first_pictures, stage
from .layout import enter, page_header, tell_of_link
from .server import startup

PAGE = "home"
TUTORIAL = (
    "https://lightning-ai.github.io/tutorials/notebooks/course_UvA-DL/"
    "03-initialization-and-optimization.html"
)
CARDS = {
    "initialization": (
        "Initialization",
        ":material/equalizer:",
        "Does the signal live or die before the first step? Send real images through a network "
        "and watch weights, gradients and activations, layer by layer, as the scheme, the "
        "activation and the depth change.",
        "Try: constant weights, then Xavier, then Kaiming.",
    ),
    "training": (
        "Training",
        ":material/speed:",
        "SGD, momentum and Adam start from the same weights and see the same batches. Watch loss "
        "and accuracy stream; leave, come back, and the run is still there.",
        "Try: the tutorial's race, then a bad initialization.",
    ),
    "loss_surfaces": (
        "Loss surfaces",
        ":material/landscape:",
        "Drop optimizers into a ravine or near a steep hole and see their paths move: why "
        "momentum, why adaptive rates, and when neither helps.",
        "Try: drag the starting point.",
    ),
}


HEADING = "Initialization and optimization, by hand"
ASKS = (
    "Why do some networks learn and others never start? Three laboratories on real Fashion-MNIST "
    "images, after the University of Amsterdam's tutorial"
)
LINES = {
    "initialization": "Does the signal live or die before the first step?",
    "training": "SGD, momentum and Adam from the same weights, over the same batches.",
    "loss_surfaces": "A ravine, a steep hole: why momentum, why adaptive rates?",
}
"""Laboratory -> what a title slide says of it."""


def draw(picture: Callable[[str], str]) -> None:
    """Headline and cards; on a stage the title slide.

    Args:
        picture: gives the markup of a card's picture.
    """
    if stage.is_on():
        enter()
        tell_of_link()
        st.html(title_slide(picture))
        return
    page_header(
        HEADING,
        f"{ASKS} [Initialization and Optimization]({TUTORIAL}): its data, "
        "network, experiments and races with the numbers that it printed beside ours, and then "
        "whatever you change.",
    )
    for column, (name, card) in zip(st.columns(len(CARDS)), CARDS.items(), strict=True):
        title, icon, text, hint = card
        with column.container(border=True, height="stretch", key=f"card-{name}"):
            st.page_link(f"pages/{name}.py", label=f"**{title}**", icon=icon, width="stretch")
            st.html(picture(name))
            st.markdown(text)
            st.caption(hint)


def title_slide(picture: Callable[[str], str]) -> str:
    """Markup of what a lecture begins with; the line at the top opens the laboratories."""
    cards = (
        f'<a href="{html.escape(name)}?lecture=on" target="_self" data-page="{html.escape(name)}">'
        f"{picture(name)}<span><b>{html.escape(CARDS[name][0])}</b>"
        f"<i>{html.escape(line)}</i></span></a>"
        for name, line in LINES.items()
    )
    return (
        f'<div class="title-slide initopt-still"><h1>{HEADING}</h1>'
        f"<p>{html.escape(ASKS, quote=False)}.</p>"
        f"<nav>{''.join(cards)}</nav></div>"
    )


def keep(pictures: Mapping[str, str], folder: str) -> None:
    """For the next start; `folder`: where the images lie."""
    first_pictures.keep(PAGE, dict(pictures), folder)


def meanwhile(title: str) -> None:
    """Until PyTorch is there: the cards, where their pictures are kept."""
    startup.wait(title, _show)


def _show() -> bool:
    """Whether there was something to show."""
    pictures = first_pictures.known(PAGE)
    if pictures.keys() != CARDS.keys():
        return False
    draw(lambda name: str(pictures[name]))
    if stage.is_on():
        return True
    st.caption(":material/hourglass_top: Loading PyTorch and the images, once a start …")
    return True
