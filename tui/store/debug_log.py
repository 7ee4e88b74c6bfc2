"""The debug log: a private file with the events of ``core.debug_log``, and the outcome of each exchange."""

from __future__ import annotations

import logging
import os
import platform
import re
import stat
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tui import __version__
from tui.core.api_key_search import MASK
from tui.core.debug_log import LOG, tell
from tui.core.lazy_pattern import lazy_pattern
from tui.core.observed import ExchangeRecord, Observers
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.store import disk
from tui.store.files import write_all
from tui.store.optional import OptionalFiles
from tui.texts import store as texts

_KEY_LIKE = lazy_pattern(
    r"\b(?:sk|pk|rk|hf|gsk|xai|nvapi|pplx|ghp|r8|key)[-_][\w-]{8,}"
    r"|\b(?:AIza|eyJ)[\w.-]{16,}"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?<![\w+])(?=[A-Za-z+]*[0-9])(?=[0-9+]*[A-Za-z])[A-Za-z0-9+]{20,}={0,2}",
    re.IGNORECASE,
)
"""Text that looks like a key, known or not: a key pasted into another field becomes known too late."""


def start_debug_log(
    shown_path: str, redactor: Redactor, optional: OptionalFiles, observers: Observers
) -> DebugLog | None:
    """Write all events of this process to a file from now on; return ``None`` on failure, which is reported.

    If a debug log is already active, it continues and no other is started.
    """
    if LOG.handlers:
        return None
    with optional.attempt(shown_path, texts.NO_LOG):
        log = DebugLog(_open(Path(shown_path)), shown_path, redactor, optional)
        LOG.addHandler(log)
        LOG.setLevel(logging.DEBUG)
        observers.add(log)
        system = f"{sys.platform} {platform.machine()}"
        tell(
            "start", lmdeck=__version__, python=platform.python_version(), system=system, process=os.getpid()
        )
        return log
    return None


def _open(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK  # a FIFO without a reader must not hang
    descriptor = disk.open_file(path, flags)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            disk.make_private(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class DebugLog(logging.Handler):
    """Writes one line per event: wall clock, seconds since the start, event and facts."""

    def __init__(self, descriptor: int, shown_path: str, redactor: Redactor, optional: OptionalFiles) -> None:
        super().__init__()
        self._descriptor: int | None = descriptor
        self._shown_path = shown_path
        self._redactor = redactor
        self._optional = optional
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event; if the disk refuses, report it and stop."""
        if self._descriptor is None:
            return
        with self._optional.attempt(self._shown_path, texts.LOG_ENDS):
            write_all(self._descriptor, self._line(record).encode("utf-8", "replace"))
            return
        self.close()

    def finished(self, record: ExchangeRecord) -> None:
        """Write the outcome of an exchange."""
        usage, timings, cost = record.usage, record.timings, record.cost
        tell(
            "exchange",
            purpose=record.origin.purpose,
            provider=record.origin.provider,
            server=record.server,
            route=record.route,
            model=record.model,
            outcome=record.outcome,
            cause=record.cause,
            status=record.status,
            requests=record.requests,
            prompt_tokens=usage and usage.prompt_tokens,
            completion_tokens=usage and usage.completion_tokens,
            tokens=usage and usage.source,
            cost=cost and f"{cost.total} {cost.currency}",
            ttfb_ms=timings.ttfb_ms,
            ttft_ms=timings.ttft_ms,
            total_ms=timings.total_ms,
        )

    def close(self) -> None:
        """Stop writing."""
        LOG.removeHandler(self)
        if not LOG.handlers:
            LOG.setLevel(logging.NOTSET)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
        super().close()

    def _line(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = _KEY_LIKE.sub(MASK, self._redactor.redact(record.getMessage()))
        return f"{moment} {time.monotonic() - self._began:+.6f} {safe_line(text)}\n"
