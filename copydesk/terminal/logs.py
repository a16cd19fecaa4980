"""Log lines on standard error: as text, or as one JSON object a line."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Literal

import msgspec

from pipeline.text.controls import escaped, escaped_json

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON: time, level, message, and whatever was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        return escaped_json(msgspec.json.encode(line).decode())


class LineFormatter(logging.Formatter):
    """Formats a record as one line of text, whatever names it holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        return escaped(super().format(record))


def log_to_stderr(log_format: Literal["text", "json"], *, shown: bool) -> None:
    """Send copydesk's log lines to standard error, or nowhere."""
    logger = logging.getLogger("copydesk")
    logger.propagate = False
    handler: logging.Handler = logging.StreamHandler(sys.stderr) if shown else logging.NullHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else LineFormatter("%(asctime)s %(message)s"))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
