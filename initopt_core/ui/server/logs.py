"""The server's log: one line an event, as text or as JSON, and no visitor's text unescaped."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time

from initopt_core.settings import ServerSettings, server_settings

from . import operation

_log = logging.getLogger("initopt")
MAX_LINE = 8000
"""Characters; a visitor's text does not fill the disk."""


class TextLines(logging.Formatter):
    """Time, level, who, what; line ends and control characters of the message are escaped, so
    that nobody writes lines of his own. A traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        text = escaped(record.getMessage())
        line = f"{_clock(record)} {record.levelname} {record.name}: {text}"
        if record.exc_info:
            trace = self.formatException(record.exc_info)[-MAX_LINE:]
            line += "".join(f"\n    {escaped(part)}" for part in trace.split("\n"))
        return line


class JsonLines(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": _clock(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:MAX_LINE],
        }
        if error := getattr(record, "error_id", None):
            fields["error_id"] = error
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)[-MAX_LINE:]
        return json.dumps(fields)  # ASCII: nothing in it ends a line


def _clock(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))


def escaped(text: str) -> str:
    """`text` on one line of printable characters, and not endless."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:MAX_LINE])


def begin(settings: ServerSettings | None = None) -> None:
    """Send this program's log to the error output, in the form that the settings name.

    Raises:
        SettingError: for settings with which no server should start.
    """
    settings = settings or server_settings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log == "json" else TextLines())
    handlers = {"initopt": settings.log_level, "initopt_core": settings.log_level}
    if settings.log == "json":  # Streamlit's and the web server's own lines, too
        handlers |= {"streamlit": "WARNING", "uvicorn": "WARNING"}
    for name, level in handlers.items():
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def unforeseen(what: str) -> str:
    """Log the present exception with its traceback under a number, which the page may show."""
    number = secrets.token_hex(4)
    operation.ERRORS.inc()
    _log.exception("error %s: %s failed", number, what, extra={"error_id": number})
    return number


def script_error(error: Exception) -> bool:
    """What Streamlit calls for an error outside `layout.guard`, such as in a callback.

    Returns:
        True: the page tells a sentence instead of the error.
    """
    import streamlit as st
    from streamlit.errors import FragmentHandledException

    from initopt_core.registry import SettingError

    if isinstance(error, FragmentHandledException):
        return True  # of a fragment in this one, which has told it
    if isinstance(error, SettingError):
        st.warning(str(error), icon=":material/tune:")
        return True
    number = secrets.token_hex(4)
    operation.ERRORS.inc()
    _log.error("error %s: a callback failed", number, exc_info=error, extra={"error_id": number})
    st.error(
        f"This could not be done (error {number}). Reset the settings or reload the page; the "
        "server's log has the details under this number.",
        icon=":material/error:",
    )
    return True
