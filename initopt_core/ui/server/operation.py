"""How the server is: what /healthz, /readyz and /metrics tell, from memory, behind no script."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from streamlit.runtime import Runtime

if TYPE_CHECKING:
    from initopt_core.training.runs.service import TrainingService

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
SLOW_S = 1.0
"""A server whose changes take longer on average, or wait longer, is overloaded."""
_REMEMBERED = 0.9

REGISTRY = CollectorRegistry()
CHANGES = Counter("initopt_changes", "Reruns that visitors asked for", registry=REGISTRY)
LATENCY = Histogram(
    "initopt_change_seconds",
    "From a change's arrival to the end of its answer",
    buckets=BUCKETS,
    registry=REGISTRY,
)
SENT = Counter("initopt_sent_bytes", "Bytes sent to visitors' pages", registry=REGISTRY)
REFUSED = Counter(
    "initopt_refused", "Requests and sockets that were refused", ["why"], registry=REGISTRY
)
ERRORS = Counter("initopt_errors", "Unforeseen errors on pages", registry=REGISTRY)


class Load:
    """Which changes are being answered, and how long that takes at present."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[int, float] = {}
        self.usual = 0.0

    def begin(self, socket: int) -> None:
        """A change has come in; one that follows before its answer counts from the first."""
        CHANGES.inc()
        with self._lock:
            self._asked.setdefault(socket, time.monotonic())

    def end(self, socket: int) -> None:
        """Its answer is out."""
        with self._lock:
            asked = self._asked.pop(socket, None)
            if asked is None:
                return
            took = time.monotonic() - asked
            self.usual = _REMEMBERED * self.usual + (1 - _REMEMBERED) * took
        LATENCY.observe(took)

    def forget(self, socket: int) -> None:
        """The socket is closed."""
        with self._lock:
            self._asked.pop(socket, None)

    def waiting(self) -> tuple[int, float]:
        """Changes without their answer, and the age of the oldest (s)."""
        with self._lock:
            asked = list(self._asked.values())
        return len(asked), time.monotonic() - min(asked) if asked else 0.0

    def overloaded(self) -> bool:
        """Whether answers take long: those of late, or those that are out."""
        count, oldest = self.waiting()
        return bool(count) and max(self.usual, oldest if count > 5 else 0.0) > SLOW_S


LOAD = Load()
_stopping = threading.Event()
_training: list[TrainingService] = []


def trains(service: TrainingService) -> None:
    """This is the server's training service from now on."""
    _training[:] = [service]


def training() -> TrainingService | None:
    """The training service, if anybody has needed it yet."""
    return _training[0] if _training else None


def stop() -> None:
    """The server is about to end: it is not ready for visitors any more."""
    _stopping.set()


def stopping() -> bool:
    """Whether the server is about to end."""
    return _stopping.is_set()


def sessions() -> int:
    """Visitors whose page is connected."""
    if not Runtime.exists():
        return 0
    with contextlib.suppress(AttributeError):  # Streamlit's own, it may move
        return Runtime.instance()._session_mgr.num_active_sessions()
    return 0


class _Now:
    """Gauges that are read when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        count, oldest = LOAD.waiting()
        service = training()
        values = {
            "initopt_sessions": ("Connected pages", sessions()),
            "initopt_changes_waiting": ("Changes without their answer", count),
            "initopt_oldest_change_seconds": ("Age of the oldest of them", oldest),
            "initopt_overload": ("1 while answers take long", int(LOAD.overloaded())),
            "initopt_stopping": ("1 when the server is about to end", int(stopping())),
            "initopt_queue": ("Runs that wait", service.waiting() if service else 0),
            "initopt_training": ("1 while a run trains", int(bool(service and service.busy()))),
        }
        for name, (help, value) in values.items():
            yield GaugeMetricFamily(name, help, value=value)


REGISTRY.register(_Now())
ProcessCollector(registry=REGISTRY)
BEGAN = Gauge("initopt_start_time_seconds", "When the server began", registry=REGISTRY)
BEGAN.set_to_current_time()


def metrics() -> bytes:
    """Everything, in Prometheus' text form."""
    return generate_latest(REGISTRY)
