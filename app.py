"""Initopt: navigation and theme, nothing else. Start with `streamlit run app.py`."""

import gc

import streamlit as st

from initopt_core.ui import address, assets, layout

st.set_page_config(page_icon="assets/icon.png", layout="wide")


@st.cache_resource(show_spinner=False)
def prepare() -> bool:
    """Once a server: serve the assets, and spare the imported modules from garbage collection."""
    assets.register()
    gc.collect()
    gc.freeze()
    return True


prepare()
layout.page_style()

PAGES = {
    "home": ("Home", ":material/home:"),
    "initialization": ("Initialization", ":material/equalizer:"),
    "training": ("Training", ":material/speed:"),
    "loss_surfaces": ("Loss surfaces", ":material/landscape:"),
}
page = st.navigation(
    [
        st.Page(f"pages/{name}.py", title=title, icon=icon, default=name == "home")
        for name, (title, icon) in PAGES.items()
    ],
    position="top",
)
address.bar()
address.arrive(page.url_path)
if page.url_path == "":
    address.title("")
with layout.guard(page.title):
    page.run()
