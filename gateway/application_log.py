"""The application log: what operators read when something is wrong. Never content (promise P7)."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message and the fields given as `extra`."""

    fields: tuple[str, ...] = ("exchange", "tenant", "code", "stage", "reason", "status")

    def format(self, record: logging.LogRecord) -> str:
        """The line. A traceback names types and places only: a message may quote its input."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in self.fields:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = str(value)
        if record.exc_info and record.exc_info[1]:
            line["error"] = list(_causes(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _causes(error: BaseException) -> Iterable[str]:
    """Each exception of the chain as `type at file:line`: never its message (promise P7)."""
    seen: BaseException | None = error
    while seen is not None:
        trace = seen.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = ""
        if trace is not None:
            where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        yield f"{type(seen).__qualname__}{where}"
        seen = seen.__cause__ or seen.__context__


def log_to_stderr(level: str = "INFO") -> None:
    """Send the application log to standard error as JSON lines."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
