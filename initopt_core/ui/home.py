"""The parts of the home page."""

from __future__ import annotations

import streamlit as st
import torch

from initopt_core import data
from initopt_core.figures import images
from initopt_core.networks import pick_device
from initopt_core.wording import count, megabytes

from . import home_parts
from .layout import page_header
from .server.dataset import data_service, get_dataset
from .tables import picture_grid

_CARDS = (
    (
        "pages/initialization.py",
        "Initialization",
        ":material/equalizer:",
        "Does the signal live or die before the first step? Send real images through a network "
        "and watch weights, gradients and activations, layer by layer, as the scheme, the "
        "activation and the depth change.",
        "Try: constant weights, then Xavier, then Kaiming.",
    ),
    (
        "pages/training.py",
        "Training",
        ":material/speed:",
        "SGD, momentum and Adam start from the same weights and see the same batches. Watch loss "
        "and accuracy stream; leave, come back, and the run is still there.",
        "Try: the tutorial's race, then a bad initialization.",
    ),
    (
        "pages/loss_surfaces.py",
        "Loss surfaces",
        ":material/landscape:",
        "Drop optimizers into a ravine or near a steep hole and see their paths move: why "
        "momentum, why adaptive rates, and when neither helps.",
        "Try: drag the starting point.",
    ),
)


def _picture(card: str) -> str:
    if card == "initialization":
        return home_parts.initialization(get_dataset().source)
    return home_parts.training() if card == "training" else home_parts.loss_surfaces()


@st.cache_data(show_spinner=False)
def _class_grid(source: str) -> str:
    dataset = get_dataset()
    pictures = zip(dataset.classes, images.class_examples(dataset), strict=True)
    return picture_grid(
        "classes",
        (
            (images.png_url(strip), f"Four images of the class {name}", f"{label} · {name}")
            for label, (name, strip) in enumerate(pictures)
        ),
    )


def show() -> None:
    """The whole page."""
    page_header(
        "Initialization and optimization, by hand",
        "Why do some networks learn and others never start? Three laboratories on real "
        "Fashion-MNIST images, after the University of Amsterdam's tutorial "
        "[Initialization and Optimization](https://uvadlc-notebooks.readthedocs.io): its data, "
        "network, experiments and races with the numbers that it printed beside ours, and then "
        "whatever you change.",
    )
    for column, card in zip(st.columns(3), _CARDS, strict=True):
        page, title, icon, text, hint = card
        name = title.lower().replace(" ", "_")
        with column.container(border=True, height="stretch", key=f"card-{name}"):
            st.page_link(page, label=f"**{title}**", icon=icon, width="stretch")
            st.html(_picture(name))
            st.markdown(text)
            st.caption(hint)
    st.page_link(
        "pages/course.py",
        label="Course figures, to take along",
        icon=":material/co_present:",
    )
    source = get_dataset().source
    left, right = st.columns(2, gap="large")
    with left:
        st.header("The data: ten classes", anchor=False)
        st.html(_class_grid(source))
    with right:
        st.header("Normalized pixels", anchor=False)
        home_parts.about_data(source)
        st.header("The network", anchor=False)
        home_parts.about_network()
    _status()


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
        "local": f"the full set in {dataset.folder}",
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
