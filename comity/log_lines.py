"""The log of a serving process: a JSON object on each line, and of a mistake only where it happened, never what it was about."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final


class LogLine(logging.Formatter):
    """Writes a record as one line of ASCII: line ends and escape sequences of strangers cannot stand in it as such.

    The text of an exception may quote a certificate, so its class and the places that it went through are written without it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "log": record.name,
            "message": record.getMessage(),
        }
        error = record.exc_info[1] if record.exc_info else None
        return json.dumps(line | (_told(error) if error else {}))


def _told(error: BaseException) -> dict[str, object]:
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__ or error.__context__
    return {"error": type(error).__name__, "at": places, **({"cause": _told(cause)} if cause else {})}


LOG_CONFIG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": LogLine}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {name: {"handlers": ["lines"], "level": "WARNING"} for name in ("uvicorn", "comity")},
}
"""For `logging.config`: what the server and the services write goes to standard error, a line for each record."""
