"""What the server loads before its first visitor asks."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.paths import ROOT
from initopt_core.ui.server import startup
from tests.support.server import free_port


def test_the_server_listens_before_anything_large_is_loaded():
    lines = (ROOT / "app.py").read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    large = {"torch", "altair", "pandas", "scipy"}
    code = "\n".join([*imports, "import sys", f"print(sys.modules.keys() & {large})"])
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["set()"]


def test_what_is_loaded_ahead_is_there():
    names = (startup.PICTURE, *startup.AT_ONCE, startup.FIRST, *startup.LATER)
    assert all(importlib.util.find_spec(name) for name in names)


def test_the_first_picture_is_ready_before_pytorch_is_loaded(images):
    asked = (
        "import sys\n"
        "from initopt_core.ui.server import startup\n"
        "assert startup._picture() is False\n"
        "assert not {'torch', 'altair', 'pandas'} & set(sys.modules)\n"
        "assert {startup.PICTURE, *startup.AT_ONCE} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, cwd=ROOT)


@pytest.mark.parametrize(("kept", "aside"), [(True, []), (False, ["_warm_up"])])
def test_the_chart_compiler_is_warmed_where_charts_must_be_compiled(monkeypatch, kept, aside):
    begun = []
    monkeypatch.setattr(startup, "_imported", threading.Event())
    monkeypatch.setattr(startup, "_picture", lambda: kept)
    monkeypatch.setattr(startup, "_aside", lambda work: begun.append(work.__name__))
    monkeypatch.setattr(startup, "FIRST", "initopt_core.there_is_none")
    startup._load()
    assert begun == [*aside, "_read_images"]


def test_importing_gives_way_to_a_script_until_it_waits_itself(monkeypatch):
    load, awaited = startup.operation.Load(), threading.Event()
    monkeypatch.setattr(startup.operation, "LOAD", load)
    monkeypatch.setattr(startup, "_awaited", awaited)
    monkeypatch.setattr(startup.courtesy, "REQUESTS", startup.courtesy.Requests())
    assert not startup._first_asked()
    load.begin(1)
    assert startup._first_asked()
    awaited.set()
    assert not startup._first_asked()


def test_loading_begins_once(monkeypatch):
    begun = []
    monkeypatch.setattr(startup, "_thread", None)
    monkeypatch.setattr(startup, "_load", lambda: begun.append(threading.current_thread().name))
    for _ in range(3):
        startup.begin()
    assert startup._thread is not None
    startup._thread.join(10)
    assert begun == ["initopt-startup"]


def test_a_failure_ahead_keeps_nobody_waiting(monkeypatch, caplog):
    done = threading.Event()
    monkeypatch.setattr(startup, "_imported", done)
    monkeypatch.setattr(startup, "FIRST", "initopt_core.there_is_none")
    startup._load()
    assert done.is_set() and "loading ahead failed" in caplog.text


def waiting():
    import streamlit as st

    from initopt_core.ui.server import startup

    startup.wait("Training")
    st.write("the page")


def test_a_page_waits_under_its_name_and_then_is_alone(monkeypatch):
    monkeypatch.setattr(startup, "_imported", threading.Event())
    monkeypatch.setattr(startup, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(startup, "_awaited", threading.Event())
    test = AppTest.from_function(waiting).run()
    assert startup._awaited.is_set()
    assert [m.value for m in test.markdown] == ["the page"] and not test.title


def test_what_nobody_asked_for_comes_after_the_first_answer(monkeypatch):
    load = startup.operation.Load()
    monkeypatch.setattr(startup.operation, "LOAD", load)
    load.begin(1)
    order = []
    monkeypatch.setattr(startup.time, "sleep", lambda _: (order.append("waited"), load.end(1)))
    startup._give_way()
    assert order == ["waited"]
    load.begin(2)
    monkeypatch.setattr(startup, "COURTESY_SECONDS", 0)
    startup._give_way()  # an answer that does not come keeps nobody for ever


def test_with_wrong_settings_it_ends_in_a_line_for_each(tmp_path):
    env = {**os.environ, "INITOPT_HOME": str(tmp_path), "INITOPT_LECTURER_TOKEN": "short"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    done = subprocess.run(
        [*command, f"--server.port={free_port()}"],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode
    assert "INITOPT_LECTURER_TOKEN: give at least 16" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout and done.stderr.count("\n") < 5, done.stderr
