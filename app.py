"""Initopt: navigation and theme, nothing else. Start with `streamlit run app.py`."""

import streamlit as st

from initopt_core.ui import address, layout, stage, type_size
from initopt_core.ui.lecture import present
from initopt_core.ui.server import answering, downloads, gallery, gate, lighter, logs, startup, web

PAGES = {
    "home": ("Home", ":material/home:"),
    "initialization": ("Initialization", ":material/equalizer:"),
    "training": ("Training", ":material/speed:"),
    "loss_surfaces": ("Loss surfaces", ":material/landscape:"),
    "course": ("Course figures", ":material/co_present:"),
    "lecture": ("Scenes", ":material/slideshow:"),
}
EARLY = ("", "initialization")  # paths that wait themselves, with a first picture
SIDEBARS = ("initialization", "training", "loss_surfaces")


def main() -> None:
    """One run for one visitor."""
    startup.begin()
    st.set_page_config(page_icon="assets/images/icon.png", layout="wide")
    layout.begin()
    page = st.navigation(
        [
            st.Page(f"pages/{name}.py", title=title, icon=icon, default=name == "home")
            for name, (title, icon) in PAGES.items()
        ],
        position="top",
    )
    address.arrive(page.url_path)
    stage.read()
    type_size.read()
    present.bar(page.title if page.url_path else address.APP)
    type_size.show()
    if page.url_path not in SIDEBARS:  # the laboratories say their settings, too
        address.title(page.title if page.url_path else "")
    if page.url_path not in EARLY:
        startup.wait(page.title)
    with layout.guard(page.title):
        page.run()


if __name__ == "__main__":  # run for a visitor
    main()
else:  # imported once, by `streamlit run`, when the server starts
    startup.check()
    gate.close()
    answering.begin()
    lighter.begin()
    downloads.begin()
    app = st.App(
        __file__,
        lifespan=startup.lifespan,
        routes=[*web.routes(), *gallery.routes()],
        middleware=web.middleware(sidebars=SIDEBARS),
        on_script_error=logs.script_error,
    )
