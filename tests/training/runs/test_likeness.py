"""Which runs show what a configuration does."""

from __future__ import annotations

import pytest

from initopt_core.training.runs.recorded import recorded_config
from initopt_core.training.runs.service import TrainingService
from tests.support.training import Nobody, finished_run, steered


@pytest.fixture
def service(tmp_path):
    running = TrainingService(tmp_path, runner=Nobody())
    yield running
    running.close()


def test_a_run_whose_rate_was_changed_is_not_what_its_settings_say(service):
    config = recorded_config()
    older, newer = finished_run(service.store), finished_run(service.store)
    assert service.submit(config) in (older, newer)
    steered(service.store, newer)
    assert service.submit(config) == older
    steered(service.store, older)
    assert service.finished_like(config) is None
    anew = service.submit(config)
    assert anew not in (older, newer)
    assert service.submit(config) == anew  # it waits
    steered(service.store, anew)
    assert service.submit(config) != anew
