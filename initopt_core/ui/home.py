"""The parts of the home page."""

from __future__ import annotations

import streamlit as st
import torch

from initopt_core import data
from initopt_core.figures import images
from initopt_core.networks import pick_device
from initopt_core.wording import count, megabytes

from . import home_cards, home_parts
from .export_menu import export_buttons
from .server import identity
from .server.dataset import data_service, get_dataset
from .tables import picture_grid

EACH = 4
"""Images of each class."""


def picture(card: str) -> str:
    """Markup of a card's picture."""
    if card == "initialization":
        return home_parts.initialization(get_dataset().source)
    return home_parts.training() if card == "training" else home_parts.loss_surfaces()


@st.cache_data(show_spinner=False)
def _class_grid(source: str) -> str:
    dataset = get_dataset()
    pictures = zip(dataset.classes, images.class_examples(dataset, EACH), strict=True)
    return picture_grid(
        "classes",
        (
            (images.png_url(strip), f"Four images of the class {name}", f"{label} · {name}")
            for label, (name, strip) in enumerate(pictures)
        ),
    )


def show() -> None:
    """The whole page."""
    home_cards.draw(picture)
    with st.container(key="stage-more"):  # on a stage brought by a key
        _more()


def _more() -> None:
    """What is below the cards."""
    _course()
    dataset = get_dataset()
    source = dataset.source
    left, right = st.columns(2, gap="large")
    with left:
        st.header("The data: ten classes", anchor=False)
        st.html(_class_grid(source))
        export_buttons(
            lambda: images.image_grid(get_dataset(), EACH),
            key="home-images",
            label="Export the images",
        )
        st.header("The network", anchor=False)
        home_parts.about_network()
    with right:
        st.header("Normalized pixels", anchor=False)
        home_parts.about_data(source)
    _status()
    _keep(source, dataset.folder)


def _course() -> None:
    """A card in one row: what is made of the same figures outside of the laboratories."""
    row = st.container(border=True, horizontal=True, vertical_alignment="center", key="card-course")
    with row:
        st.page_link(
            "pages/course.py",
            label="**Course figures, to take along**",
            icon=":material/co_present:",
        )
        st.caption(
            "Every figure of the tutorial, recomputed here: open it in its laboratory, or take it "
            "along for a slide, a page or a handout.",
            width="stretch",
        )


@st.cache_resource(show_spinner=False)
def _keep(source: str, folder: str) -> bool:
    """The cards' pictures for the next start, once."""
    home_cards.keep({name: picture(name) for name in home_cards.CARDS}, folder)
    return True


@st.fragment(run_every=1.0)
def _downloading() -> None:
    service = data_service()
    if not service.downloading:
        st.rerun()
    share = min(service.done / max(service.total, 1), 1.0)
    st.progress(
        share,
        f"Downloading Fashion-MNIST: {megabytes(service.done)} of {megabytes(service.total)}",
    )


def _status() -> None:
    """One quiet line on data and device, and the way to the full set where only the sample is."""
    service = data_service()
    dataset = service.dataset
    where = {
        "sample": "the bundled sample",
        "local": "the full set" + (f" in {dataset.folder}" if identity.me().full else ""),
        "downloaded": "the full set, downloaded",
    }[dataset.source]
    device = pick_device()
    kind = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
    st.caption(
        f":material/database: Data: {where} — {count(len(dataset.train_index))} training, "
        f"{count(len(dataset.val_index))} validation, "
        f"{count(len(dataset.test_labels))} test images. "
        f":material/memory: Training runs on: {kind}."
    )
    if service.problem:
        st.warning(service.problem + " Meanwhile the bundled sample is used.")
    if service.downloading:
        _downloading()
    elif dataset.source == "sample" and not service.problem.startswith("The bundled"):
        st.caption(
            "The sample is exact for the Initialization page. For training on all images, name a "
            "folder with the four files in INITOPT_DATA, or:"
        )
        st.button(
            f"Download the full set ({megabytes(data.DOWNLOAD_BYTES)})",
            icon=":material/download:",
            on_click=service.start_download,
        )
