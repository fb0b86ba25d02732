"""Files that are whole or not there."""

import errno
import os

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
