"""Files that are whole or not there."""

import errno
import os
import subprocess
import sys

import pytest

from initopt_core.figures.export import files
from initopt_core.reading import SettingError


def test_a_file_is_whole_and_may_be_read_by_all(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    files.write(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o777 == 0o666 & ~umask()
    assert os.listdir(tmp_path) == ["a.png"]


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_the_old_file(tmp_path, problem):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    expected = SettingError if isinstance(problem, OSError) else KeyboardInterrupt
    with pytest.raises(expected), files.whole(path) as part:
        part.write_bytes(b"half")
        raise problem
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.png"]


def test_what_a_dead_process_has_left_goes_at_once_and_a_living_ones_never(tmp_path, monkeypatch):
    """A half clip of a program that was killed stayed for ten minutes, and its folder for ever."""
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path / "temporary"))
    (out := tmp_path / "out").mkdir()
    (tmp_path / "temporary").mkdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = files.mine("").replace(f"-{os.getpid()}-", f"-{ended.pid}-")
    for name in (f".initopt-{dead}a.part.mp4", f".initopt-{files.mine('')}b.part.mp4"):
        (out / name).write_bytes(b"half")
        os.utime(out / name, (1, 1))
    for name in (f"initopt-clip-{dead}a", f"initopt-clip-{files.mine('')}b"):
        (tmp_path / "temporary" / name).mkdir()
        (tmp_path / "temporary" / name / "clip.gif").write_bytes(b"half")
    files.sweep(out)
    left = [*os.listdir(out), *os.listdir(tmp_path / "temporary")]
    living = files.mine("")
    assert left == [f".initopt-{living}b.part.mp4", f"initopt-clip-{living}b"]
    if os.name == "posix":
        with files.whole(out / "c.gif") as part:
            files.sweep(out)
            assert part.exists() and str(os.getpid()) in part.name
            part.write_bytes(b"whole")
