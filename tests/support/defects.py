"""No test passes over a defect of the program: it fails the test in which it happened.

The screens only tell what a background task died of, and go on; a program in a process of its own leaves a
report below ``tmp_path``. A test that provokes a defect on purpose asks for ``defects``.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_found: list[str] = []
"""Tracebacks of what died since the test began."""


class _Recorder(logging.Handler):
    """Keeps what asyncio can only log: the error of a task that nobody waits for."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        told = "".join(traceback.format_exception(error)) if error else ""
        _found.append(f"{record.getMessage()}\n{told}")


@pytest.fixture(scope="session", autouse=True)
def _recording() -> Iterator[None]:
    """Hear of each worker of Textual that dies, told or not, and of each lost task."""
    from textual.worker import Worker, WorkerState

    run = Worker._run

    async def recording(worker: Worker[Any], app: Any) -> None:
        await run(worker, app)
        if worker.state is WorkerState.ERROR and worker.error is not None:
            _found.append("".join(traceback.format_exception(worker.error)))

    recorder = _Recorder(logging.ERROR)
    logging.getLogger("asyncio").addHandler(recorder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "_run", recording)
        yield
    logging.getLogger("asyncio").removeHandler(recorder)


@pytest.fixture(autouse=True)
def _no_defect(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which a defect was told or reported, unless it says that it wanted that."""
    _found.clear()
    folder: Path | None = None
    if "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("tmp_path")
    yield
    if "defects" not in request.fixturenames:
        told = [*_found, *(reports_below(folder) if folder is not None else ())]
        assert not told, "\n".join(told)


def reports_below(folder: Path) -> list[str]:
    """Return the reports on defects that programs wrote somewhere below a folder."""
    from tui.store.crash_report import FILE_NAME

    found = []
    for parent, _, names in os.walk(folder):
        report = Path(parent, FILE_NAME)
        if FILE_NAME in names and report.is_file():
            with report.open("rb") as stream:
                beginning = stream.read(100_000)
            if beginning.startswith(b"lmdeck ") and b"Traceback" in beginning:
                found.append(beginning.decode("utf-8", "replace"))
    return found


@pytest.fixture
def defects() -> list[str]:
    """Let defects happen; return what background tasks died of, as tracebacks."""
    return _found
