"""Lectures: edited, written, read again, kept; what does not fit is told and loses nothing else."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from initopt_core.lecture import files
from initopt_core.lecture import shelf as shelves
from initopt_core.lecture.scenes import (
    COURSE,
    FIGURES,
    LABORATORIES,
    PAGES,
    PRESENTED,
    Lecture,
    Scene,
    followed,
    is_name,
    name_of,
)
from initopt_core.lecture.shelf import Shelf
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.paths import ASSETS
from initopt_core.reading import SettingError

ONE, TWO, THREE = (Scene(title, "training") for title in ("one", "two", "three"))
LECTURE = Lecture("mine", "Mine", (ONE, TWO, THREE))
WORDS = some.text(max_size=30)
SCENES = some.builds(
    Scene,
    some.text(min_size=1, max_size=30).filter(str.strip),
    some.sampled_from(PAGES),
    some.lists(
        some.tuples(some.from_regex(r"s_[a-z]{1,8}", fullmatch=True), WORDS), max_size=4
    ).map(tuple),
    some.just(""),
    WORDS,
    WORDS,
    some.booleans(),
)


FILLS = [(page, one) for page, several in FIGURES.items() for one in several]
FILLS += [(page, "") for page in PAGES] + [(COURSE, "20-pathological-paths")]


@pytest.mark.parametrize(("page", "figure"), FILLS)
def test_what_fills_the_window_depends_on_the_page(page, figure):
    scene = Scene("One", page, (), figure)
    assert Scene.at(scene.link, "One") == scene
    whole = Scene.at(f"https://a.org{scene.link}", "One")
    assert whole == scene


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("/initialization?figure=depht", "did you mean 'depth'"),
        ("/training?figure=20-pathological-paths", "there is no figure"),
        ("/?figure=20-pathological-paths", "there is no figure"),
        ("/course?figure=../../etc", "there is no figure"),
        ("/course?figure=" + "a" * 99, "there is no figure"),
        ("/lecture", "cannot be one itself"),
        ("/cuorse", "did you mean 'course'"),
    ],
)
def test_what_cannot_be_shown_says_why(link, why):
    with pytest.raises(SettingError, match=re.escape(why)):
        Scene.at(link, "One")


def test_a_figure_left_in_the_link_by_another_page_loses_no_scene():
    assert Scene.at("/training?figure=depth", "One").figure == ""
    assert Scene.at("/?figure=part", "One") == Scene("One", "home")


def test_only_what_has_a_figure_to_guess_is_covered():
    links = {"/training": True, "/": False, "/course": False, "/course?figure=a": True}
    found = {link: Scene.at(link, "One", hides=True).covers for link in links}
    assert found == links and not Scene.at("/training", "One").covers


def titles(lecture: Lecture) -> list[str]:
    return [scene.title for scene in lecture.scenes]


def test_scenes_are_added_moved_changed_and_removed():
    assert titles(LECTURE.added(Scene("new", "training"), 2)) == ["one", "new", "two", "three"]
    assert titles(LECTURE.moved(1, 1)) == ["two", "one", "three"]
    assert titles(LECTURE.moved(1, -1)) == ["one", "two", "three"]
    assert titles(LECTURE.moved(3, -9)) == ["three", "one", "two"]
    assert titles(LECTURE.without(2)) == ["one", "three"]
    assert titles(LECTURE.changed(3, ONE)) == ["one", "two", "one"]
    assert LECTURE.scene(3) == THREE and LECTURE.scene(4) is LECTURE.scene(0) is None


@settings(max_examples=25, deadline=None)
@given(some.lists(SCENES, max_size=3), some.text(min_size=1, max_size=20).filter(str.strip))
def test_what_is_written_is_read_again(scenes, title):
    lecture = Lecture(name_of(title), title.strip(), tuple(scenes))
    found, problems = files.read(files.text_of(lecture).encode())
    assert problems == [] and found == lecture and is_name(found.name)


def test_a_link_from_the_address_line_is_a_scene():
    link = "https://a.org/app/loss_surfaces?view=Basins&lecture=on&scene=3&type=large&surface=beale"
    scene = Scene.at(link, "Beale")
    assert scene.page == "loss_surfaces"
    assert scene.settings == (("view", "Basins"), ("surface", "beale"))
    assert scene.link == "/loss_surfaces?view=Basins&surface=beale"


def test_browser_and_server_agree_on_what_is_only_presented():
    text = (ASSETS / "web" / "address_bar" / "link.js").read_text(encoding="utf-8")
    listed = re.search(r"PRESENTED = \[(.+?)\]", text)
    assert listed and tuple(re.findall(r'"(\w+)"', listed[1])) == PRESENTED
    assert Scene.at("/training?EMBED=true&Lecture=x&axis=steps", "a").link == "/training?axis=steps"


BAD = [
    ({"title": "a", "link": "/trainin"}, "did you mean 'training'"),
    ({"title": "a", "link": " "}, "is no link"),
    ({"title": "a", "link": "/lecture"}, "cannot be one itself"),
    ({"link": "/training"}, "it has no title"),
    ({"title": " ", "link": "/training"}, "it has no title"),
    ({"title": "a"}, "it has no link"),
    ({"title": "a", "link": 7}, "its link is no text: 7"),
    ({"title": "a", "link": "/training", "hides": 1}, "neither true nor false"),
    ({"title": "a", "link": "/training?figure=all"}, "there is no figure 'all'"),
    ({"title": "a" * 101, "link": "/training"}, "longer than 100 characters"),
    ({"title": "a", "link": "/training?" + "x" * 3000}, "longer than 2000 characters"),
    ("/training", "is no scene"),
    (None, "is no scene"),
]


@pytest.mark.parametrize(("scene", "said"), BAD)
def test_a_scene_that_does_not_fit_says_why_and_loses_nothing(scene, said):
    good = {"title": "good", "link": "/training"}
    whole = {"lecture": "L", "version": 1, "scenes": [good, scene, good]}
    lecture, problems = files.read(json.dumps(whole))
    assert titles(lecture) == ["good", "good"]
    assert len(problems) == 1 and problems[0].startswith("Scene 2") and said in problems[0]


def test_what_a_later_version_has_added_is_told_by_name_and_nothing_else_is_lost():
    one = {"title": "One", "link": "/training", "notes": "n", "colour": [1], "hide": True}
    many = [{"title": f"T{n}", "link": "/training", "sound": n} for n in range(3)]
    wrong = {"title": "W", "link": "/nowhere", "colour": 1}
    whole = {"lecture": "L", "version": 1, "scene": [], "x" * 50: 1, "scenes": [one, wrong, *many]}
    found = files.opened(json.dumps(whole))
    assert titles(found.lecture) == ["One", "T0", "T1", "T2"] and found.numbers == (1, 3, 4, 5)
    assert found.lecture.scenes[0] == Scene("One", "training", notes="n")
    assert len(found.problems) == 1 and "Scene 2 (“W”) was left out" in found.problems[0]
    end = "is not known to this version and was left out"
    assert found.unknown == [
        f"The lecture: “scene” {end}; did you mean 'scenes'?",
        f"The lecture: “{'x' * 39}…” {end}.",
        f"Scene 1 (“One”): “colour” {end}.",
        f"Scene 1 (“One”): “hide” {end}; did you mean 'hides'?",
        f"3 scenes, first Scene 3 (“T0”): “sound” {end}.",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "^The file is empty.$"),
        (b"\xef\xbb\xbf \n", "^The file is empty.$"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"[1, 2]", 'a list stands where an object is expected, {"lecture"'),
        (b"[" * 100_000, "no lecture|not JSON"),
        (b'{"lecture": "L", "lecture": "M"}', "stands there twice"),
        (b'{"lecture": "L", "scenes": {}}', "“scenes”, a list"),
        (b'{"lecture": "L", "version": 2, "scenes": []}', "version 2"),
        (b'{"lecture": "L", "version": true, "scenes": []}', "version True"),
        (b" " * (files.MAX_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_lecture_is_refused_with_a_reason(data, said):
    with pytest.raises(SettingError, match=said):
        files.read(data)


def test_two_hundred_scenes_are_kept_and_the_next_one_told():
    many = [{"title": "a", "link": "/training"}] * 201
    lecture, problems = files.read(json.dumps({"lecture": "L", "version": 1, "scenes": many}))
    assert len(lecture.scenes) == 200 and problems[0].startswith("Scene 201 was left out")
    whole = {"lecture": "L", "version": 1, "scenes": many * 3}
    assert [one[:28] for one in files.read(json.dumps(whole))[1]] == [
        "Scenes 201 to 603 were left "
    ]
    with pytest.raises(SettingError, match="at most 200"):
        lecture.added(ONE)


ANSWERS = {4: ("number of inputs", "1/d"), 5: ("compromise", "harmonic"), 8: ("twice", "2/d")}
"""What the first scenes ask for, by the number of the scene whose question it answers."""


@pytest.mark.parametrize("number", ANSWERS)
def test_no_title_of_the_story_answers_a_question_before_it_is_asked(number):
    said = " ".join(f"{one.title} {one.question}" for one in TUTORIAL.scenes[:number])
    assert not [answer for answer in ANSWERS[number] if answer in said]


def test_a_scene_is_followed_to_its_place():
    assert followed(LECTURE.moved(3, -1), LECTURE, 2) == 3
    assert followed(LECTURE.changed(1, Scene("new", "training")), LECTURE, 1) == 1
    assert followed(LECTURE.without(2), LECTURE, 1) == 2, "the one that has come back"
    assert followed(LECTURE, LECTURE.without(3), 3) == 2
    assert followed(LECTURE, Lecture("", "Mine"), 2) == 1


def test_the_shelf_gives_back_what_it_keeps(tmp_path):
    shelf = Shelf(tmp_path / "lectures")
    assert shelf.of("me") == [] and shelf.find("mine") is None
    kept = shelf.keep(LECTURE, "me")
    assert kept.name != "mine" and is_name(kept.name), "nobody guesses it"
    assert shelf.keep(kept.without(1), "me").name == kept.name
    assert shelf.of("me") == [kept.without(1)]
    other = shelf.keep(kept, "somebody else")
    assert other.name != kept.name, "another visitor gets a copy"
    assert shelf.of("me") == [kept.without(1)]
    for name in ("../secret", "a/b", "", "A", "x" * 41):
        assert shelf.find(name) is None
    (tmp_path / "lectures" / "broken-0.json").write_text("{")
    assert shelf.find("broken-0") is None and len(shelf.of("me")) == 1


def test_a_full_shelf_says_what_to_do_and_keeps_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(shelves, "MAX_OWN", 2)
    shelf = Shelf(tmp_path)
    first, _ = (shelf.keep(LECTURE, "me") for _ in range(2))
    with pytest.raises(SettingError, match="download this one"):
        shelf.keep(LECTURE, "me")
    assert shelf.keep(first.without(1), "me").name == first.name
    assert len(shelf.of("me")) == 2 and shelf.keep(LECTURE, "you").name


def test_a_shelf_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "lectures").write_text("a file in its place")
    with pytest.raises(SettingError, match="download it instead"):
        Shelf(tmp_path / "lectures").keep(LECTURE, "me")
    assert os.listdir(tmp_path) == ["lectures"]


def test_the_built_in_story_has_fifteen_scenes_with_questions_and_notes():
    assert len(TUTORIAL.scenes) == 15 == len(set(titles(TUTORIAL)))
    assert all(scene.question.endswith("?") and scene.notes for scene in TUTORIAL.scenes)
    assert {scene.page for scene in TUTORIAL.scenes} == set(LABORATORIES)


@pytest.mark.parametrize("number", [-1, 0, 4, 9])
def test_what_is_asked_of_a_scene_that_is_gone_changes_nothing(number):
    assert LECTURE.moved(number, 1) == LECTURE.without(number) == LECTURE
    assert LECTURE.changed(number, ONE) == LECTURE
