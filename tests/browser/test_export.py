"""Figures leave a laboratory: in the chosen look, all at once, and as a clip."""

from __future__ import annotations

import io
import json
import re
import zipfile

import av
from PIL import Image
from playwright.sync_api import expect

from tests.load.socket_client import Visitor
from tests.support.loops import to_its_end


def taken(page, press) -> bytes:
    with page.expect_download(timeout=120_000) as download:
        press.click(timeout=120_000)
    with open(download.value.path(), "rb") as file:
        return file.read()


def test_paths_leave_as_picture_zip_and_clip(page, app_url):
    page.goto(f"{app_url}/loss_surfaces?run2_Adam_lr=0.5")
    page.wait_for_function(
        "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0", timeout=60_000
    )
    opener = page.get_by_role("button", name="Export the paths")
    opener.click()
    menu = page.get_by_test_id("stPopoverBody")
    make = menu.get_by_role("button", name="Make the clip")
    expect(make).to_be_visible(timeout=30_000)
    shown, button = menu.bounding_box(), opener.bounding_box()
    assert shown["y"] >= 0 and shown["y"] + shown["height"] <= 900, "it opens where it has room"
    assert make.bounding_box()["y"] < button["y"]
    side = page.get_by_test_id("stSidebar").bounding_box()
    assert shown["x"] >= side["x"] + side["width"], "and not over the sidebar"

    menu.get_by_role("combobox", name=re.compile("Shape")).click()
    page.get_by_role("option", name="16:9").click()
    expect(menu.get_by_role("combobox", name=re.compile("Shape"))).to_have_value("16:9")
    page.wait_for_timeout(1000)  # the menu is drawn anew
    picture = taken(page, menu.get_by_role("button", name="PNG", exact=True))
    assert Image.open(io.BytesIO(picture)).size == (2560, 1440)

    playing = taken(page, menu.get_by_role("button", name="Interactive page")).decode()
    assert 'data-messages="grid scene"' in playing and "run2_Adam_lr=0.5</footer>" in playing

    menu.get_by_role("button", name="All figures of this page").click()
    how_far = menu.get_by_role("progressbar")
    expect(how_far.or_(menu.get_by_text(re.compile("Figure . of 5")))).not_to_have_count(0)
    menu.get_by_role("button", name="Cancel").click()
    expect(menu.get_by_text("Cancelled; nothing was kept.")).to_be_visible()
    menu.get_by_role("button", name="All figures of this page").click()
    packed = taken(page, menu.get_by_role("button", name=re.compile("Download figures.zip")))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        told = json.loads(archive.read("loss-surface-paths.json"))
        readme = archive.read("README.txt").decode()
        stills = {name for name in archive.namelist() if name.endswith(".svg")}
    assert stills == {  # also of what is not open now
        f"{name}.svg"
        for name in (
            "loss-surface-paths",
            "loss-surface-3d",
            "loss-surface-losses",
            "basins",
            "sharp-and-flat",
        )
    }
    assert told["link"] == f"{app_url}/loss_surfaces?run2_Adam_lr=0.5" and told["link"] in readme
    assert "Adam: η 0.5" in readme

    menu.get_by_role("combobox", name="Pixels", exact=True).click()
    page.get_by_role("option", name="640 x 360").click()
    menu.get_by_role("combobox", name=re.compile("Seconds")).click()
    page.get_by_role("option", name="2", exact=True).click()
    make.click()
    film = taken(page, menu.get_by_role("button", name=re.compile(r"Download .*mp4")))
    with av.open(io.BytesIO(film)) as clip:
        stream = clip.streams.video[0]
        assert (stream.width, stream.height) == (640, 360)
        assert sum(1 for _ in clip.decode(video=0)) == 90  # 2 s, and 1 s that it stays
    assert page.problems == []


def choose(page, label: str, option: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()


def told_by(page, opener: str, file: str = "Settings, JSON") -> dict:
    """What the settings of a menu say that is opened now."""
    page.get_by_role("button", name=opener, exact=True).click()
    menu = page.get_by_test_id("stPopoverBody")
    button = menu.get_by_role("button", name=file)
    expect(button).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1000)  # the part it belongs to is drawn anew
    told = json.loads(taken(page, button))
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    return told


def test_what_leaves_is_what_is_shown_after_controls_were_changed(page, app_url):
    """The menus stand below, where a change draws nothing as long as they are closed."""
    page.goto(f"{app_url}/initialization")
    expect(page.get_by_role("button", name="Export depth")).to_be_visible(timeout=60_000)
    before = told_by(page, "Export")
    assert before["settings"]["scheme"] == "kaiming" and "seed 18" in before["export"]["caption"]
    choose(page, "Scheme", "Xavier (Glorot)")
    choose(page, "Activation", "Tanh")
    expect(page).to_have_url(re.compile("scheme=xavier.*activation=tanh"))
    for opener in ("Export", "Export depth"):
        told = told_by(page, opener)
        assert told["settings"]["scheme"] == "xavier", opener
        assert told["settings"]["activation"] == "tanh"
        assert "Xavier (Glorot), Tanh" in told["shows"] and "scheme=xavier" in told["link"]
    assert page.problems == []


def test_a_surface_leaves_as_it_is_looked_at(page, app_url):
    page.goto(f"{app_url}/loss_surfaces")
    drawn = "Number(document.querySelector('.sc-root')?.dataset.drawn) > 0"
    page.wait_for_function(drawn, timeout=60_000)
    choose(page, "Surface", "Himmelblau")
    expect(page).to_have_url(re.compile("surface=himmelblau"))
    for opener in ("Export the paths", "Export the loss curves"):
        told = told_by(page, opener)
        assert told["settings"]["surface"] == "himmelblau", opener
        assert len(told["settings"]["runs"]) == 3
    page.locator("[data-tool=solid]").click()
    expect(page).to_have_url(re.compile("solid=true"))
    assert told_by(page, "Export the paths")["figure"] == "loss-surface-3d"
    page.get_by_role("radio", name="Basins").click()
    told = told_by(page, "Export the maps")
    assert told["figure"] == "basins" and told["settings"]["surface"] == "himmelblau"
    choose(page, "Surface", "Beale")
    expect(page).to_have_url(re.compile("surface=beale"))
    assert told_by(page, "Export the maps")["settings"]["surface"] == "beale"
    assert page.problems == []


def test_a_file_waits_for_its_browser_while_others_are_busy(page, app_url):
    """Each run of another visitor clears away what belongs to nobody."""

    async def others() -> None:
        visitor = Visitor(app_url, "home")
        await visitor.connect()
        for _ in range(4):
            await visitor.run()
        await visitor.close()

    def late(socket) -> None:
        server = socket.connect_to_server()

        def heard(message) -> None:
            if re.search(
                rb"/media/\w+\.svg", message
            ):  # where the file is: the browser asks for it next
                asked.append(message)
                to_its_end(others())
            socket.send(message)

        server.on_message(heard)

    asked = []
    page.route_web_socket("**/_stcore/stream", late)
    page.goto(f"{app_url}/initialization")
    page.get_by_role("button", name="Export depth").click(timeout=60_000)
    button = page.get_by_test_id("stPopoverBody").get_by_role("button", name="SVG")
    expect(button).to_be_visible(timeout=30_000)
    assert b"<svg" in taken(page, button) and len(asked) == 1
