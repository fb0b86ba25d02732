"""The training service as one visitor has it: everything can be read, what is his be changed."""

from __future__ import annotations

from typing import Any

from initopt_core.registry import SettingError
from initopt_core.training.config import TrainConfig
from initopt_core.visitors import Visitor

from .ownership import may_change, owner_of, reckoning, refuse_costly
from .service import TrainingService
from .store import RunInfo, describe


class Desk:
    """`TrainingService` for one visitor; what it forbids raises SettingError, as there."""

    def __init__(self, service: TrainingService, visitor: Visitor) -> None:
        self._service, self.visitor = service, visitor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def may_change(self, run: RunInfo) -> bool:
        """Whether this visitor may stop, steer, rename or delete a run."""
        return may_change(self.visitor, run.owner)

    def asks_too_much(self, config: TrainConfig) -> str:
        """Why a run is beyond this visitor's budget, "" when it is not."""
        try:
            refuse_costly(self.visitor, config, self.allowed)
        except SettingError as problem:
            return str(problem)
        return ""

    def reckoning(self, config: TrainConfig) -> str:
        """What a run costs of this visitor's budget, in words; "" for who has none."""
        return "" if self.visitor.full else reckoning(config, self.allowed)

    @property
    def owner(self) -> str:
        """Whose a new run of this visitor is."""
        return owner_of(self.visitor)

    def is_for_all(self, run: RunInfo) -> bool:
        """Whether the page may show a run unasked: not what a stranger has uploaded or named."""
        return self.may_change(run) or not run.owner or run.name == describe(run.config)

    def may_change_id(self, run_id: str) -> bool:
        """As `may_change`, also of a run that cannot be read."""
        return may_change(self.visitor, self.store.owner(run_id))

    def submit(self, config: TrainConfig, name: str = "", *, again: bool = False) -> str:
        return self._service.submit(config, name, again=again, visitor=self.visitor)

    def resume(self, run_id: str) -> None:
        self._service.resume(run_id, visitor=self.visitor)

    def pause(self, run_id: str) -> None:
        self._service.pause(run_id, visitor=self.visitor)

    def go_on(self, run_id: str) -> None:
        self._service.go_on(run_id, visitor=self.visitor)

    def stop(self, run_id: str) -> None:
        self._service.stop(run_id, visitor=self.visitor)

    def set_rate(self, run_id: str, racer: int, lr: float) -> None:
        self._service.set_rate(run_id, racer, lr, visitor=self.visitor)

    def rename(self, run_id: str, name: str) -> None:
        self._service.rename(run_id, name, visitor=self.visitor)

    def delete(self, run_id: str) -> None:
        self._service.delete(run_id, visitor=self.visitor)
