"""A figure: one chart definition over named datasets, and the data that changes under it.

The page, the exports and the tests all use the same `Figure`. Its chart is compiled once for
each `key`; afterwards only compact data and signals travel, and the browser (or `expand`, for
exports and tests) turns them into rows.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import altair as alt
from altair.utils import schemapi

from . import theme
from .room import Room

# Looking each part up in Vega-Lite's schema takes longer than all else; the tests do it.
schemapi.disable_debug_mode()

DIGITS = 4
"""Significant digits sent to the browser: finer than a pixel, small on the wire."""


def compact(values: Any, digits: int = DIGITS) -> list:
    """`values` (array, tensor or sequence, any shape flattened) as a JSON-safe list.

    Integers, strings and booleans stay as they are; reals keep `digits` significant digits and
    become integers where they are whole; NaN and infinities become None.
    """
    if hasattr(values, "tolist"):
        values = values.tolist()
        if not isinstance(values, list):
            values = [values]
    out: list = []
    for value in values:
        if type(value) is float:
            out.append(_short(value, digits))
        elif isinstance(value, (list, tuple)):
            out.extend(compact(value, digits))
        elif value is None or isinstance(value, (int, str)):
            out.append(value)
        else:
            out.append(_scalar(value, digits))
    return out


def _short(value: float, digits: int) -> float | int | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if abs(short) < 1e9 and short == int(short) else short


def _scalar(value: Any, digits: int = DIGITS) -> Any:
    """One JSON-safe value; 0-d arrays and tensors are unwrapped."""
    if hasattr(value, "item"):
        value = value.item()
    return _short(value, digits) if isinstance(value, float) else value


def columns(*, digits: int = DIGITS, **cols: Any) -> dict:
    """Plain rows: equally long columns; a single string or number is repeated in every row.

    Raises:
        ValueError: when columns differ in length.
    """
    return series([cols], digits=digits)


def series(groups: Iterable[Mapping[str, Any]], *, digits: int = DIGITS) -> dict:
    """Rows in groups, for example one curve each: scalar fields are repeated along the others.

    Args:
        groups: mappings of field -> scalar or sequence; the sequences of one group are equally
            long. A group of scalars alone is one row.

    Raises:
        ValueError: when the sequences of a group differ in length.
    """
    out = []
    for group in groups:
        packed: dict[str, Any] = {}
        for name, value in group.items():
            many = not isinstance(value, str) and (
                getattr(value, "ndim", 0) > 0 or (isinstance(value, Sequence | range))
            )
            packed[name] = compact(value, digits) if many else _scalar(value, digits)
        _length(packed)
        out.append(packed)
    return {"groups": out}


def histograms(
    panels: Iterable[Mapping[str, Any]], *, bars: bool = False, digits: int = DIGITS
) -> dict:
    """Histograms, a few numbers each; `expand` gives rows for a step area or for bars.

    Args:
        panels: mappings with `counts` [bins] (counts or densities), `edges` as [bins+1] values or
            as a (low, high) pair of equal-width bins, and any scalar fields.
        bars: rows `x, x2, y` for bars; otherwise rows `x, y` for one step-after area, closed at
            both ends.

    Raises:
        ValueError: when the edges do not fit the counts.
    """
    out = []
    for panel in panels:
        fields = {k: _scalar(v, digits) for k, v in panel.items() if k not in ("edges", "counts")}
        counts = compact(panel["counts"], digits)
        edges = compact(panel["edges"], 7)
        if len(edges) not in (2, len(counts) + 1):
            raise ValueError(f"{len(edges)} edges do not fit {len(counts)} bins")
        uniform = len(edges) == 2 or _is_uniform(edges)
        # Ends only, where that is enough: half the numbers of every message.
        fields["edges"] = [edges[0], edges[-1]] if uniform else edges
        fields["counts"] = counts
        out.append(fields)
    return {"histograms": out, "bars": bars} if bars else {"histograms": out}


def _is_uniform(found: Sequence[float | None]) -> bool:
    edges = [e for e in found if e is not None]
    if len(edges) < len(found):
        return False
    step = (edges[-1] - edges[0]) / (len(edges) - 1)
    # The edges were rounded to 7 digits, so judge by what a pixel could show.
    slack = 1e-3 * abs(step)
    return all(abs(e - edges[0] - i * step) <= slack for i, e in enumerate(edges))


def _length(group: Mapping[str, Any]) -> int | None:
    """Rows in a group; None when it has scalars only."""
    lengths = {len(v) for v in group.values() if isinstance(v, list)}
    if len(lengths) > 1:
        raise ValueError(f"columns of different lengths: {sorted(lengths)}")
    return lengths.pop() if lengths else None


def expand(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of one compact dataset; `assets/web/live_chart/live_chart.js` does exactly the same.

    Args:
        data: what `columns`, `series` or `histograms` returned.

    Raises:
        ValueError: for anything else.
    """
    rows: list[dict[str, Any]] = []
    if "groups" in data:
        for group in data["groups"]:
            n = _length(group)
            for i in range(1 if n is None else n):
                rows.append({k: v[i] if isinstance(v, list) else v for k, v in group.items()})
        return rows
    if "histograms" in data:
        for panel in data["histograms"]:
            fields = {k: v for k, v in panel.items() if k not in ("edges", "counts")}
            counts, edges = panel["counts"], panel["edges"]
            n = len(counts)
            if len(edges) == 2:
                low, high = edges
                edges: list[float | None] = [None] * (n + 1)
                if low is not None and high is not None and n:
                    edges = [low + (high - low) * i / n for i in range(n + 1)]
            if data.get("bars"):
                for i in range(n):
                    rows.append({**fields, "x": edges[i], "x2": edges[i + 1], "y": counts[i]})
            elif n:
                for i in range(n):
                    rows.append({**fields, "x": edges[i], "y": counts[i]})
                rows.append({**fields, "x": edges[n], "y": counts[n - 1]})
        return rows
    raise ValueError("not a compact dataset: use columns(), series() or histograms()")


@dataclass(frozen=True)
class Figure:
    """One figure: its definition, and the data now under it.

    Args:
        key: everything that determines the chart's definition (kind, rows, columns, titles,
            scale types), and nothing that changes with the data. One key compiles once.
        build: gives the chart over `alt.NamedData(name)`; called once for each key.
        data: dataset name -> compact data from `columns`, `series` or `histograms`.
        alt: what the figure shows, in a sentence, for those who cannot see it.
        caption: the same below a picture, where that needs no number that stands in it; else `alt`.
        signals: name -> value, usable in the chart as `alt.ExprRef(name)`: domains, titles and
            the like, changed without a rebuild. The set of names belongs to the key.
        name: stem of exported files.
        room: where its panels lie; part of what the key determines. Without one the figure keeps
            its natural size.
        table: makes the data as it leaves in a file: raw rows (nothing binned, capped or rounded
            for a screen) whose columns are named in words, with units; what is smoothed has a
            column that says so. None where the rows of the datasets are that already.
        holds: what that is, in a few words.
        more: further tables of the same kind: a word for its file's name -> (what it is, its rows).
        keys: what an arrow key moves the cross by, across and up, in data units; None for a
            fortieth of the panel.
        settings: what was chosen to get it, as it leaves in a file (JSON values).
        upright: the same with its rows as columns, for a column of a text in which its own have no
            room; None where it has none.
        alone: the same with what the page says beside it, for files; None where it says all itself.
    """

    key: Hashable
    build: Callable[[], alt.TopLevelMixin]
    data: Mapping[str, Mapping[str, Any]]
    alt: str = ""
    caption: str = ""
    signals: Mapping[str, Any] = field(default_factory=dict)
    name: str = "figure"
    room: Room | None = None
    keys: tuple[float | None, float | None] | None = None
    table: Callable[[], Iterable[Mapping[str, Any]]] | None = field(
        default=None, compare=False, repr=False
    )
    holds: str = ""
    more: Mapping[str, tuple[str, Callable[[], Iterable[Mapping[str, Any]]]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    upright: Callable[[], Figure] | None = field(default=None, compare=False, repr=False)
    alone: Callable[[], Figure] | None = field(default=None, compare=False, repr=False)

    @property
    def defined_by(self) -> tuple[Hashable, ...]:
        """All that `definition` depends on: two figures that agree in it differ in data alone."""
        return self.key, tuple(sorted(self.signals)), self.room

    def definition(self) -> dict:
        """The Vega-Lite definition, themed, without data and with every signal declared.

        Values of the signals are left null here, so that the definition depends on the key
        alone; `live_chart` and `spec` put them in.
        """
        spec = theme.themed(self.build().to_dict(validate=False))
        _as_they_come(spec)
        spec["params"] = [
            *spec.get("params", []),
            *(self.room.params() if self.room else []),
            *({"name": name, "value": None} for name in sorted(self.signals)),
        ]
        return spec

    def spec(self, definition: dict | None = None) -> dict:
        """The complete Vega-Lite definition with signals and rows in it: runs anywhere.

        Args:
            definition: what `definition` has given, where that is known; it is changed.
        """
        spec = self.definition() if definition is None else definition
        for param in spec["params"]:
            if param["name"] in self.signals:
                param["value"] = jsonable(self.signals[param["name"]])
        spec["datasets"] = {**spec.get("datasets", {}), **self.rows()}
        if self.alt:
            spec["description"] = self.alt
        return spec

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Dataset name -> rows."""
        return {name: expand(data) for name, data in self.data.items()}

    @cached_property
    def message(self) -> str:
        """Data, signals and alternative text as compact JSON: what travels at each change.

        Made once per object, so that a cached figure costs nothing to send again.
        """
        body = {"data": self.data, "signals": jsonable(self.signals), "alt": self.alt}
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    @cached_property
    def stamp(self) -> str:
        """Short fingerprint of `message`."""
        return hashlib.blake2b(self.message.encode(), digest_size=8).hexdigest()


def _as_they_come(spec: Any) -> None:
    """Rows arrive with their types: spare the browser a conversion of every field, in place."""
    if isinstance(spec, dict):
        data = spec.get("data")
        if isinstance(data, dict) and "name" in data:
            data.setdefault("format", {"parse": None})
        for name, part in spec.items():
            if name not in ("data", "datasets"):
                _as_they_come(part)
    elif isinstance(spec, list):
        for part in spec:
            _as_they_come(part)


def jsonable(value: Any) -> Any:
    """`value` (nested mappings, sequences, scalars) safe for JSON; reals keep 7 digits."""
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    return _scalar(value, 7)


def step_area(
    dataset: str,
    color: Any,
    *,
    x: alt.X | None = None,
    y: alt.Y | None = None,
    opacity: float = 0.85,
) -> alt.Chart:
    """A histogram as ONE filled step outline over `histograms()` rows: the fast way to draw it.

    Fifty bars a panel would be fifty marks and fifty encodings at every change.

    Args:
        dataset: name of the dataset, one panel's rows each.
        color: the fill, from `theme`.
        x, y: axes and scales; the defaults are untitled, fitted to the data, y from zero.
    """
    x = (
        x
        if x is not None
        else alt.X(
            "x:Q",
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(title=None, tickCount=3, grid=False),
        )
    )
    y = y if y is not None else alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=3))
    # Unstacked: stacking would impute and sort every row again at each change.
    return (
        alt.Chart(alt.NamedData(dataset))
        .mark_area(interpolate="step-after", color=color, opacity=opacity, line=False)
        .encode(x=x, y=y.stack(None))
    )
