"""Overload: a visitor's newest change wins, older ones are dropped unseen, turns are fair.

Streamlit's own part is proven with its own queue of requests; a test fails when an upgrade moves
what we look at there.
"""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunException, StopException
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

from initopt_core.cache import Crowded, SharedResults
from initopt_core.registry import SettingError
from initopt_core.ui.server import compute, web


def moved(value: float, fragment: str | None = "slider", **more) -> RerunData:
    """What a browser asks for when a slider is moved."""
    states: Any = WidgetStates()
    states.widgets.add(id="slider", double_value=value)
    return RerunData(widget_states=states, fragment_id=fragment, **more)


def value(data: RerunData) -> float:
    (state,) = cast(Any, data.widget_states).widgets
    return state.double_value


@pytest.fixture
def script(monkeypatch):
    """A run of the fragments "slider" and "picture", and the session's requests."""
    found = SimpleNamespace(
        script_requests=ScriptRequests(), fragment_ids_this_run=["slider", "picture"]
    )
    monkeypatch.setattr(compute, "get_script_run_ctx", lambda **_: found)
    return found


def test_streamlit_runs_a_script_once_for_all_changes_of_a_session():
    requests = ScriptRequests()
    for i in range(200):
        assert requests.request_rerun(moved(i))
    request = requests.on_scriptrunner_ready()
    assert value(request.rerun_data) == 199 and request.rerun_data.fragment_id_queue == ["slider"]
    assert requests.on_scriptrunner_ready().type == ScriptRequestType.STOP  # nothing is left


def test_one_who_waits_gives_way_to_his_own_newer_change(script):
    compute.give_way()  # nothing is newer
    script.script_requests.request_rerun(moved(1))
    script.script_requests.request_rerun(moved(2))
    with pytest.raises(RerunException) as told:
        compute.give_way()
    assert value(told.value.rerun_data) == 2
    assert told.value.rerun_data.fragment_id_queue == ["slider", "picture"]
    compute.give_way()  # it has been taken


def test_a_whole_page_is_not_given_up_for_one_of_its_parts(script):
    script.fragment_ids_this_run = None
    script.script_requests.request_rerun(moved(1))
    compute.give_way()
    script.script_requests.request_rerun(moved(2, None))
    with pytest.raises(RerunException) as told:
        compute.give_way()
    assert not told.value.rerun_data.fragment_id_queue and value(told.value.rerun_data) == 2


def test_a_timer_is_no_change_and_who_has_left_does_not_wait(script):
    script.script_requests.request_rerun(moved(1, is_auto_rerun=True))
    compute.give_way()
    script.script_requests.request_stop()
    with pytest.raises(StopException):
        compute.give_way()


class Gate:
    """Work that holds the worker until it is let go."""

    def __init__(self, cache: SharedResults) -> None:
        self.begun, self.free, self.done = threading.Event(), threading.Event(), []
        self.cache = cache
        self.threads = [self.ask("gate", "gate", self._hold)]
        assert self.begun.wait(10)

    def _hold(self) -> None:
        self.begun.set()
        self.free.wait(10)

    def ask(self, key, client, work=None, give_way=None) -> threading.Thread:
        """A visitor who waits in a thread of his own."""

        def run() -> None:
            try:
                self.cache.get(
                    key, work or (lambda: self.done.append(key)), lambda: client, give_way
                )
            except Exception as problem:
                self.done.append(type(problem))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def wait_for(self, count: int) -> None:
        """Until so many wait."""
        pause = threading.Event()
        while self.cache.waiting() < count:
            pause.wait(0.001)

    def open(self, threads) -> list:
        self.free.set()
        for thread in (*self.threads, *threads):
            thread.join(10)
        return self.done


def test_a_change_that_nobody_waits_for_any_more_is_not_computed():
    gate, newer = Gate(SharedResults()), threading.Event()

    def give_way() -> None:
        newer.set()
        raise InterruptedError

    old = gate.ask("old", "ann", give_way=give_way)
    assert newer.wait(10)
    old.join(10)
    new = gate.ask("new", "ann")
    gate.wait_for(1)
    assert gate.open([new]) == [InterruptedError, "new"]
    assert not gate.cache.holds("old")


def test_visitors_take_turns_at_the_worker():
    gate, threads = Gate(SharedResults()), []
    for i, client in enumerate("aaaabc"):
        threads.append(gate.ask(f"{client}{i}", client))
        gate.wait_for(i + 1)
    done = gate.open(threads)
    assert set(done[:3]) == {"a0", "b4", "c5"} and len(done) == 6


def test_the_queue_is_bounded_and_who_finds_it_full_is_told():
    gate = Gate(SharedResults(max_waiting=2))
    threads = [gate.ask("a", "ann"), gate.ask("b", "bob")]
    gate.wait_for(2)
    full = gate.ask("c", "cid")
    full.join(10)
    assert gate.done == [Crowded]
    assert sorted(map(str, gate.open(threads)[1:])) == ["a", "b"]


def test_a_full_queue_is_said_in_a_sentence(monkeypatch):
    def full(*_):
        raise Crowded

    monkeypatch.setattr(compute, "results", lambda: SimpleNamespace(get=full))
    with pytest.raises(SettingError, match="Very many are here"):
        compute.compute(len, "x")


def test_an_answer_that_is_cut_short_for_a_newer_one_is_none():
    for status, ends in (
        (ForwardMsg.FINISHED_SUCCESSFULLY, True),
        (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, True),
        (ForwardMsg.FINISHED_EARLY_FOR_RERUN, False),
    ):
        assert web.ends_a_run(ForwardMsg(script_finished=status).SerializeToString()) is ends
