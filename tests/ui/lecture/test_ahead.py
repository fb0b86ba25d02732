"""The next scenes are made ready while one is shown: each once, in nobody's way, completely."""

from __future__ import annotations

import logging
import threading

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.lecture.scenes import Scene
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui.components import live_chart
from initopt_core.ui.lecture import ahead, present
from initopt_core.ui.server.compute import results

A, B, C = (Scene.at(f"/loss_surfaces?step={i}", f"Scene {i}") for i in range(3))
PATIENCE = 20


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(ahead, "REST_SECONDS", 0.0)
    monkeypatch.setattr(ahead, "LOOK_SECONDS", 0.001)


class Noted:
    """Notes which scenes are made ready, once it may go on."""

    def __init__(self):
        self.made, self.go, self.begun = [], threading.Event(), threading.Event()

    def __call__(self, scene):
        self.made.append(scene)
        self.begun.set()
        self.go.wait(PATIENCE)
        yield


def test_scenes_are_made_ready_in_their_order_and_once():
    noted = Noted()
    noted.go.set()
    ready = ahead.Ready(noted, lambda: False)
    for wish in ([A, B], [B, C], [A, B, C]):
        ready.wish(wish)
        assert ready.wait(PATIENCE)
    assert noted.made == [A, B, C]


def test_many_who_come_to_one_scene_have_it_made_once():
    noted = Noted()
    ready = ahead.Ready(noted, lambda: False)
    crowd = [threading.Thread(target=ready.wish, args=([A, B],)) for _ in range(30)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    noted.go.set()
    assert ready.wait(PATIENCE) and noted.made == [A, B]


def test_the_newest_wish_comes_first_and_few_wait(monkeypatch):
    monkeypatch.setattr(ahead, "MOST_WAITING", 2)
    noted = Noted()
    ready = ahead.Ready(noted, lambda: False)
    ready.wish([A])
    assert noted.begun.wait(PATIENCE)
    late = [Scene.at(f"/loss_surfaces?step={i}", "late") for i in (7, 8)]
    ready.wish([B, C])
    ready.wish(late[:1])
    noted.go.set()
    assert ready.wait(PATIENCE) and noted.made == [A, late[0], B]


def test_it_waits_before_every_step_while_somebody_waits_for_the_server():
    waits, done = threading.Event(), []
    waits.set()

    def two(scene):
        for step in (1, 2):
            done.append(step)
            waits.set()
            yield

    ready = ahead.Ready(two, waits.is_set)
    ready.wish([A])
    for count in (0, 1, 2):
        assert not ready.wait(0.1) and len(done) == count
        waits.clear()
        while count < 2 and not waits.is_set():
            ready.wait(0.01)
    assert ready.wait(PATIENCE) and done == [1, 2]


def test_a_failure_is_the_logs_alone_and_others_are_made(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("initopt"), "propagate", True)

    def fails(scene):
        if scene == A:
            raise RuntimeError("broken")
        made.append(scene)
        yield

    made: list[Scene] = []
    ready = ahead.Ready(fails, lambda: False)
    ready.wish([A, B])
    assert ready.wait(PATIENCE) and made == [B]
    assert "Scene 0" in caplog.text and "broken" in caplog.text


@pytest.mark.parametrize("link", ["/", "/course", "/course?figure=20-pathological-paths"])
def test_pages_without_settings_have_nothing_to_be_made(link):
    noted = Noted()
    ready = ahead.Ready(noted, lambda: False)
    ready.wish([Scene.at(link, "A scene")])
    assert ready.wait(PATIENCE) and noted.made == []


UNFIT = [
    "/loss_surfaces?surface=formula&formula=sin(",
    "/initialization?layers=0",
    "/initialization?layers=2+x+9000",
    "/training?run=abc",
    "/training",
    "/loss_surfaces?view=Basins",
]


@pytest.mark.parametrize("link", UNFIT)
def test_what_does_not_fit_or_takes_long_is_left_alone(fresh, link):
    assert [*ahead.steps(Scene.at(link, "A scene"))] == []
    assert results().misses == 0


def shown(page: str):
    from importlib import import_module

    from initopt_core.ui import address, stage

    address.arrive(page)
    stage.read()
    import_module(f"initopt_core.ui.{page}.page").show()


SOME = (1, 7, 9, 10, 11, 14)


@pytest.mark.parametrize(
    "number",
    [
        n if n in SOME else pytest.param(n, marks=pytest.mark.long)
        for n in range(1, len(TUTORIAL.scenes) + 1)
    ],
)
def test_a_scene_that_is_ready_computes_and_compiles_nothing(fresh, monkeypatch, caplog, number):
    monkeypatch.setattr(live_chart, "_cache", live_chart._Cache(64))
    scene = TUTORIAL.scenes[number - 1]
    maker = threading.Thread(target=lambda: [*ahead.steps(scene)])  # without a visitor
    maker.start()
    maker.join()
    assert not [r for r in caplog.records if "ScriptRunContext" in r.message]
    made = results().misses
    assert made or scene.page == "training" or ("view", "Sharp and flat") in scene.settings
    compiled, compile = [], live_chart._compile
    monkeypatch.setattr(
        live_chart, "_compile", lambda f: compiled.append(f.defined_by[0]) or compile(f)
    )
    test = AppTest.from_function(shown, kwargs={"page": scene.page}, default_timeout=60)
    for name, value in (*scene.settings, ("lecture", "tutorial"), ("scene", str(number))):
        test.query_params[name] = value
    test.run()
    assert not test.exception
    assert (results().misses, compiled) == (made, [])


def test_a_shown_scene_wishes_for_the_two_after_it(monkeypatch):
    wished = []
    monkeypatch.setattr(ahead.READY, "wish", wished.append)
    monkeypatch.setattr(present, "_shown", lambda: TUTORIAL)
    for number in (0, 3, 14, 15):
        monkeypatch.setattr(present.stage, "now", lambda n=number: present.stage.Stage("x", n))
        present._follow()
    scenes = TUTORIAL.scenes
    assert wished == [scenes[:2], scenes[3:5], scenes[14:], ()]
