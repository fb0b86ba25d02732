"""So much and no more a second: token buckets, one for each client."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from initopt_core.cache import Recent

MAX_CLIENTS = 20_000


class Bucket:
    """`rate` a second, and `burst` at once after a rest."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self.tokens, self.seen = burst, clock()

    def take(self) -> float:
        """Take one; the seconds after which it would have been there (0 when it is)."""
        now = self.clock()
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.seen) * self.rate)
        self.seen = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate


class Limiter:
    """A bucket for every client, those not seen for longest forgotten."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._buckets: Recent[Hashable, Bucket] = Recent(MAX_CLIENTS)

    def take(self, client: Hashable) -> float:
        """As `Bucket.take`, of this client's."""
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = Bucket(self.rate, self.burst, self.clock)
            self._buckets.put(client, bucket)
        return bucket.take()
