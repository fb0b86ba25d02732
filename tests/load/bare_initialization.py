"""The yardstick: the initialization page's two figures and two select boxes, and nothing else."""

from __future__ import annotations

import streamlit as st

from initopt_core.figures.initialization import Display
from initopt_core.initialization import Settings, observe
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.initialization.page import conclusion, histograms
from initopt_core.ui.server.compute import compute
from initopt_core.ui.server.dataset import get_dataset

SCHEMES = {entry.label: name for name, entry in INITIALIZERS.items()}
FUNCTIONS = {entry.label: name for name, entry in ACTIVATIONS.items()}


def main() -> None:
    """One run for one visitor."""
    scheme = st.selectbox("Scheme", list(SCHEMES), index=list(SCHEMES.values()).index("kaiming"))
    function = st.selectbox("Activation", list(FUNCTIONS))
    settings = Settings.make(SCHEMES[scheme], activation=FUNCTIONS[function])
    seen = compute(observe, settings, get_dataset(), False)
    live_chart(compute(histograms, seen, Display()), key="bare-grid")
    live_chart(compute(conclusion, seen, ())[1], key="bare-depth")


main()
