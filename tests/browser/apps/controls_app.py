"""Number sliders with a preset button, for tests/browser/test_controls.py."""

import streamlit as st

from initopt_core.registry import Parameter
from initopt_core.ui import controls
from initopt_core.ui.components.live_chart import register

register()
STD = Parameter("std", "Deviation", 0.01, 1e-4, 10.0, "log", help="Spread of the weights.")
COUNT = Parameter("n", "Batch size", 100, 1, 5000, unit="images")
values = [controls.parameter_control(p, p.name) for p in (STD, COUNT)]
st.button("preset", on_click=controls.set_values, args=({"std": 0.123, "n": 77},))
st.text(f"values {values}")
