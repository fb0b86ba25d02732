"""What an AppTest holds that Streamlit has no name for: our components, and HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def elements(block: Any) -> Iterator[Any]:
    """Every element of a block, in page order."""
    for child in block.children.values() if hasattr(block, "children") else ():
        if hasattr(child, "children"):
            yield from elements(child)
        else:
            yield child


def mounted(app: Any, name: str) -> list[Any]:
    """The messages to every component `name`, of the page and of its sidebar."""
    found = [*elements(app.main), *elements(app.sidebar)]
    protos = (getattr(one, "proto", None) for one in found)
    return [p for p in protos if getattr(p, "component_name", "") == f"initopt.{name}"]


def charts(app: Any) -> list[tuple[Any, dict, dict]]:
    """Message, head and body of every live chart."""
    out = []
    for proto in mounted(app, "live_chart"):
        head, body = proto.bytes.decode().split("\n", 1)
        out.append((proto, json.loads(head), json.loads(body)))
    return out


def html_of(app: Any) -> str:
    """All HTML of the page, one piece a line."""
    return "\n".join(one.proto.body for one in app.get("html"))
