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
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from tests.load.socket_client import Visitor
from tests.support import server

PAGES = ("initialization", "loss_surfaces", "training", "")
MAX_MESSAGES, EACH = 20_000, 50
UNFORESEEN = ("could not be shown (error", "Error:", "Exception", "Traceback")
FIELDS = ("value", "select", "start", "zoom", "pick", "moved", "need", "ready")
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


def component_text(rng: random.Random) -> str:
    """A component's state as text, mostly JSON."""
    if rng.random() < 0.15:
        return rng.choice(TEXTS)
    return json.dumps({name: anything(rng) for name in rng.sample(FIELDS, rng.randrange(1, 4))})


def state(rng: random.Random, widget: str, kind: str) -> WidgetState:
    """A wrong value for a widget: of its own type or of another."""
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
}


def is_unforeseen(text: str) -> bool:
    """Whether a red box is an error that nobody has thought of."""
    return any(word in text for word in UNFORESEEN)


async def attack(url: str, messages: int, seed: int) -> list[str]:
    """Send so many; what did not pass, as lines."""
    rng, told, sent = random.Random(seed), [], 0
    while sent < messages:
        visitor = Visitor(url, PAGES[(sent // EACH) % len(PAGES)])
        await visitor.connect()
        try:
            told += _told(sent, visitor.page, await visitor.run())
            for _ in range(min(EACH, messages - sent)):
                sent += 1
                if rng.random() < 0.04:
                    await _nonsense(rng, visitor)
                known = sorted(visitor.widgets.items())
                wrong = [
                    state(rng, *rng.choice(known)) for _ in range(rng.randrange(1, 4)) if known
                ]
                query = f"{rng.choice(('run', 'act', 'seed', 'hidden'))}={rng.choice(TEXTS[:6])}"
                asked = query if rng.random() < 0.2 else ""
                seen = _told(sent, visitor.page, await visitor.run(tuple(wrong), asked))
                told += seen
        except ConnectionClosed:
            continue  # a socket may be closed for nonsense; the server must take the next one
        except TimeoutError:
            told.append(f"{sent} {visitor.page}: no answer")
        finally:
            await visitor.close()
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
    options = parser.parse_args()
    if not 1 <= options.messages <= MAX_MESSAGES:
        parser.error(f"1 to {MAX_MESSAGES} messages")
    home = Path(tempfile.mkdtemp(prefix="initopt-fuzz-"))
    # Hosted, so that what it starts is bounded.
    with server.serving(server.ROOT / "app.py", home, {"INITOPT_HOSTED": "1"}) as running:
        told = asyncio.run(attack(running.url, options.messages, options.seed))
        alive = running.process.poll() is None
        log = running.log.read_text(errors="replace")
    print(*told, sep="\n")
    print(f"{options.messages} messages, {len(told)} unforeseen errors, server alive: {alive}")
    if told:
        print(log[-12000:])
    return int(bool(told) or not alive)


if __name__ == "__main__":
    sys.exit(main())
