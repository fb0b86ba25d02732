"""The clip of a figure: its form, how far it is, its file."""

from __future__ import annotations

import io

from PIL import Image
from streamlit.testing.v1 import AppTest

from initopt_core.ui.server import making


def page():
    import streamlit as st
    from PIL import Image

    from initopt_core.figures.clips.clip import Clip
    from initopt_core.ui.clip_menu import clip_menu

    def make():
        size = lambda o: (o.width, o.height)  # noqa: E731
        return Clip("grey", "", lambda o: (Image.new("RGB", size(o)) for _ in range(o.moving)))

    clip_menu(
        {"One": make, "Other": make}, key="k", name="race",
        look=lambda: {"theme": st.session_state.get("theme", "light")},
    )  # fmt: skip


def test_a_clip_is_asked_for_and_taken():
    test = AppTest.from_function(page).run(timeout=30)
    test.selectbox(key="k-clip-kind").set_value("gif").run()
    assert test.selectbox(key="k-clip-size-gif").value == "640 x 360"
    assert test.selectbox(key="k-clip-loop").value is True
    assert test.selectbox(key="k-clip-text").value == "slide"
    test.selectbox(key="k-clip-loop").set_value(False).run()
    test.selectbox(key="k-clip-seconds").set_value(2).run()
    test.button(key="k-clip-make").click().run()
    making.clips.wait(60)
    test.run()
    (file,) = test.get("download_button")
    assert file.proto.label.startswith("Download race-grey.gif (")
    assert not test.exception
    (made,) = (job.data for job in [test.session_state["_clip-k"]])
    assert "loop" not in Image.open(io.BytesIO(made)).info


def test_what_cannot_be_says_what_to_do():
    test = AppTest.from_function(page).run(timeout=30)
    test.selectbox(key="k-clip-kind").set_value("gif").run()
    test.selectbox(key="k-clip-size-gif").set_value("1920 x 1080").run()
    test.selectbox(key="k-clip-seconds").set_value(40).run()
    test.button(key="k-clip-make").click().run()
    assert "fewer" in test.warning[0].value and not test.get("download_button")
