"""One short race, and a clip of it, for all tests of clips."""

import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import clips
from tests.support.clips import RANGES, SURFACE


@pytest.fixture(scope="session")
def traces():
    runs = [Run("Adam", (("lr", 0.2),), (0, 0)), Run("RMSprop", (("lr", 0.05),), (0, 0))]
    return race(SURFACE, runs, 20)


@pytest.fixture(scope="session")
def paths(traces):
    return clips.paths_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
