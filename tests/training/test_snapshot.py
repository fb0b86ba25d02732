"""A history's snapshot: one version of everything, whatever the run writes meanwhile."""

import threading

from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race


def everything(history):
    return {
        name: (list(c.losses), list(c.checks), list(c.val), list(c.seconds), sorted(c.layers))
        for name, c in history.curves.items()
    }


def grown(tmp_path):
    """The recorded race, of which only the beginning is there, and the rest of its lines."""
    lines = (recorded_race()).read_bytes().splitlines(keepends=True)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines[:300]))
    return path, lines[300:]


def test_a_snapshot_stays_while_the_run_goes_on(tmp_path):
    path, rest = grown(tmp_path)
    history = History(path)
    history.poll()
    seen = history.snapshot()
    before, version = everything(seen), seen.version
    with open(path, "ab") as out:
        out.write(b"".join(rest))
    history.poll()
    assert (everything(seen), seen.version) == (before, version)
    now = history.snapshot()
    assert now.version > version and everything(now) == everything(history) != before
    assert now.seconds_at(next(iter(now.curves.values())), now.step) > 0


def test_all_who_ask_at_one_version_get_the_same(tmp_path):
    path, _ = grown(tmp_path)
    history = History(path)
    history.poll()
    assert history.snapshot() is history.snapshot()


def test_snapshots_taken_while_the_record_is_read_are_whole(tmp_path):
    path, rest = grown(tmp_path)
    history = History(path)
    history.poll()
    over, torn = threading.Event(), []

    def watch():
        while not over.is_set():
            seen = history.snapshot()
            lengths = {len(c.seconds) for c in seen.curves.values()} | {len(seen.flushes)}
            if len(lengths) > 1:
                torn.append(lengths)

    watchers = [threading.Thread(target=watch) for _ in range(4)]
    for thread in watchers:
        thread.start()
    for first in range(0, len(rest), 50):
        with open(path, "ab") as out:
            out.write(b"".join(rest[first : first + 50]))
        history.poll()
    over.set()
    for thread in watchers:
        thread.join(60)
    assert torn == []
