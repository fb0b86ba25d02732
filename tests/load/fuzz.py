"""A hostile visitor: wrong messages and widget values over the websocket, from a seed.

    python tests/load/fuzz.py                       10,000 messages against a server of its own
    python tests/load/fuzz.py --messages 300 --seed 5

No page may show an unforeseen error, and the server must live. Every message that did not pass is
printed with its number, so that the seed finds it again. Loopback only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from tests.load.socket_client import Visitor
from tests.support import server

PAGES = ("initialization", "loss_surfaces", "training", "course", "lecture", "")
MAX_MESSAGES, EACH = 20_000, 50
UNFORESEEN = ("(error ", "Error:", "Exception", "Traceback")  # a number of the log, or none
FIELDS = (
    "value", "select", "start", "zoom", "pick", "moved", "need", "ready", "look", "lecture",
    "scene", "leave", "go",
)  # fmt: skip
"""By which our components answer."""
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""Under this id a component's browser half sends what happens once, such as a click."""
LINKS = (
    "run", "act", "seed", "hidden", "lecture", "scene", "figure", "scheme", "surface", "formula",
    "optimizers", "start", "view", "tab", "text", "LECTURE", "show",
)  # fmt: skip
NEARLY = {
    "value": (3, 5, 0), "start": {"run": 0, "x": 1.5, "y": 2, "n": 7, "done": True},
    "zoom": {"surface": "ravine", "home": [-5, 5, -5, 5], "zoom": [-1, 1, -1, 1]},
    "look": {"speed": 1, "selected": 0, "arrows": True, "solid": True, "step": 5, "eye": [1, 2, 3]},
    "select": {"datum": {"x": 1, "layer": 0, "run": 0}, "x": 1, "y": 2, "view": "activations"},
    "pick": {"x": 1, "y": 2}, "moved": {"shift": 0.5}, "need": "0" * 16, "go": 2,
    "lecture": True, "scene": True, "leave": True, "ready": True,
}  # fmt: skip
"""Answers as our scripts send them."""
TEXTS = (
    "", "x", "NaN", "-0", "9" * 400, "1e999", "(" * 3000, "[" * 3000, "{" * 3000, "\x00", "\ud7ff",
    "<script>alert(1)</script>", "../../../etc/passwd", "' OR 1=1 --", "w1" + "**9" * 60,
    "64 x 16", "64 x 2048", "1" * 5000, "🧠" * 200, "\n" * 500, "__class__", "%s%n", "w1/0",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2.5, 1e308, -1e308, float("inf"), float("-inf"), float("nan"), 2**53, 10**400)


def anything(rng: random.Random, depth: int = 0):
    """A JSON value that nobody expects."""
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return rng.choice(NUMBERS)
    if kind < 4:
        return rng.choice(TEXTS)
    if kind == 4:
        return rng.choice((None, True, False))
    if kind == 5:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(5))]
    if kind == 6:
        return {rng.choice(TEXTS[:8]): anything(rng, depth + 1) for _ in range(rng.randrange(4))}
    names = ("x", "y", "n", "run", "shift", "surface", "home", "view", "zoom", "datum", "done")
    return {name: anything(rng, depth + 1) for name in rng.sample(names, rng.randrange(1, 8))}


def nearly(rng: random.Random, value):
    """`value` with about one part of it replaced by what nobody expects."""
    if rng.random() < 0.2 or not isinstance(value, (dict, list, tuple)):
        return anything(rng, 2) if rng.random() < 0.6 else value
    if isinstance(value, dict):
        name = rng.choice(sorted(value))
        return {**value, name: nearly(rng, value[name])}
    place = rng.randrange(len(value))
    return [nearly(rng, part) if at == place else part for at, part in enumerate(value)]


def component_text(rng: random.Random) -> str:
    """A component's state as text, mostly JSON."""
    if rng.random() < 0.15:
        return rng.choice(TEXTS)
    asked = rng.sample(FIELDS, rng.randrange(1, 4))
    near = rng.random() < 0.5
    return json.dumps(
        {name: nearly(rng, NEARLY[name]) if near else anything(rng) for name in asked}
    )


def happened(rng: random.Random, widget: str) -> WidgetState:
    """A component's answer that counts once."""
    made = WidgetState(id=EVENTS.format(widget))
    name = rng.choice(FIELDS)
    told = [{"event": name, "value": nearly(rng, NEARLY[name])}]
    made.json_trigger_value = component_text(rng) if rng.random() < 0.3 else json.dumps(told)
    return made


def state(rng: random.Random, widget: str, kind: str) -> WidgetState:
    """A wrong value for a widget: of its own type or of another."""
    if kind == "bidi_component" and rng.random() < 0.5:
        return happened(rng, widget)
    made = WidgetState(id=widget)
    field = rng.randrange(9) if rng.random() < 0.3 else _FIELD.get(kind, rng.randrange(9))
    if field == 0:
        made.json_value = component_text(rng)
    elif field == 1:
        made.string_value = rng.choice(TEXTS)
    elif field == 2:
        made.int_value = rng.choice((0, -1, 3, 999, -(2**63), 2**63 - 1))
    elif field == 3:
        made.double_value = float(rng.choice(NUMBERS[:-1]))
    elif field == 4:
        made.bool_value = rng.random() < 0.5
    elif field == 5:
        made.int_array_value.data.extend(rng.choices((0, -1, 5, 2**31), k=rng.randrange(5)))
    elif field == 6:
        made.string_array_value.data.extend(rng.choices(TEXTS, k=rng.randrange(12)))
    elif field == 7:
        made.double_array_value.data.extend(rng.choices((0.0, float("nan"), 1e308), k=3))
    elif field == 9:
        info = made.file_uploader_state_value.uploaded_file_info.add(file_id=rng.choice(TEXTS[:8]))
        info.name, info.size = rng.choice(TEXTS[:8]), rng.choice((0, 1, 2**40))
    else:
        made.trigger_value = True
    return made


_FIELD = {
    "bidi_component": 0,
    "text_input": 1,
    "selectbox": 1,
    "multiselect": 6,
    "button": 8,
    "checkbox": 4,
    "button_group": 6,
    "slider": 7,
    "radio": 1,
    "text_area": 1,
    "file_uploader": 9,
    "popover": 4,
    "expandable": 4,
    "tab_container": 1,
}


def is_unforeseen(text: str) -> bool:
    """Whether a red box is an error that nobody has thought of."""
    return any(word in text for word in UNFORESEEN)


async def attack(
    url: str,
    messages: int,
    seed: int,
    pages: tuple[str, ...] = PAGES,
    each: int = EACH,
    seconds: float = float("inf"),
    say: Callable[[str], None] = lambda text: None,
) -> list[str]:
    """Send so many, or as many as there is time for; what did not pass, as lines. `say` hears how
    far it is."""
    rng, told, sent = random.Random(seed), [], 0
    until = time.monotonic() + seconds
    while sent < messages and time.monotonic() < until:
        say(f"{sent} messages, {len(told)} unforeseen errors")
        visitor = Visitor(url, pages[(sent // each) % len(pages)])
        await visitor.connect()
        try:
            told += _told(sent, visitor.page, await visitor.run())
            for _ in range(min(each, messages - sent)):
                sent += 1
                if rng.random() < 0.04:
                    await _nonsense(rng, visitor)
                known = sorted(visitor.widgets.items())
                wrong = [
                    state(rng, *rng.choice(known)) for _ in range(rng.randrange(1, 4)) if known
                ]
                query = f"{rng.choice(LINKS)}={rng.choice((*TEXTS[:8], 'on', 'mine', '1'))}"
                asked = query if rng.random() < 0.2 else ""
                seen = _told(sent, visitor.page, await visitor.run(tuple(wrong), asked))
                told += seen
        except ConnectionClosed:
            continue  # a socket may be closed for nonsense; the server must take the next one
        except TimeoutError:
            told.append(f"{sent} {visitor.page}: no answer")
        finally:
            await visitor.close()
    say(f"{sent} messages, {len(told)} unforeseen errors")
    return told


async def _nonsense(rng: random.Random, visitor: Visitor) -> None:
    """A message that is no rerun."""
    kind = rng.randrange(4)
    if kind == 0:
        await visitor.socket.send(rng.randbytes(rng.randrange(1, 200)))
    elif kind == 1:
        await visitor.socket.send("text")
    elif kind == 2:
        await visitor.send(BackMsg(app_heartbeat=True))
    else:
        await visitor.send(visitor.rerun(query="&" * 500, fragment="none"))
        with contextlib.suppress(TimeoutError):  # a fragment that is not there may have no answer
            await asyncio.wait_for(visitor.read(), 5)


def _told(number: int, page: str, answer) -> list[str]:
    wrong = [text for text in answer.problems if is_unforeseen(text)]
    return [f"{number} {page or 'home'}: {text[:300]}" for text in wrong]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most")
    parser.add_argument("--page", choices=[p or "home" for p in PAGES], help="of all, this one")
    options = parser.parse_args()
    if not 1 <= options.messages <= MAX_MESSAGES:
        parser.error(f"1 to {MAX_MESSAGES} messages")
    pages = (options.page.replace("home", ""),) if options.page else PAGES
    home = Path(tempfile.mkdtemp(prefix="initopt-fuzz-"))
    # Hosted, so that what it starts is bounded.
    with server.serving(server.ROOT / "app.py", home, {"INITOPT_HOSTED": "1"}) as running:
        told = asyncio.run(
            attack(
                running.url,
                options.messages,
                options.seed,
                pages,
                seconds=options.seconds,
                say=lambda text: print(text, file=sys.stderr, flush=True),
            )
        )
        alive = running.process.poll() is None
        log = running.log.read_text(errors="replace")
    print(*told, sep="\n")
    print(f"{len(told)} unforeseen errors, server alive: {alive}")
    if told:
        print(log[-12000:])
    return int(bool(told) or not alive)


if __name__ == "__main__":
    sys.exit(main())
