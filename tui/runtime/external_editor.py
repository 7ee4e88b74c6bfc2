"""Edits text with ``$VISUAL`` or ``$EDITOR``, through a private file whose content is treated as data.

The program keeps running: a streaming answer is received and saved meanwhile.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.store.edited_file import EditedFile
from tui.texts import editor as texts

_AT_ONCE_SECONDS = 1.0
"""An editor that returns this fast without changes may have opened another window."""
_ENDING_SECONDS = 1.0
_KEYBOARD_SIGNALS = (signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True, slots=True)
class Edited:
    """The result of an edit."""

    text: str | None = None
    """``None`` if unchanged."""
    problem: str = ""
    """The message for the user."""


@dataclass(frozen=True, slots=True)
class _Command:
    words: tuple[str, ...]
    variable: str

    @property
    def program(self) -> str:
        return safe_line(self.words[0], 60)


class ExternalEditor:
    """Edits one text at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._kept: list[EditedFile] = []
        """Files that an editor may still have open, or whose content could not be used."""

    async def edit(self, text: str, lend: Callable[[], AbstractContextManager[None]] = nullcontext) -> Edited:
        """Let the user edit a text; ``lend`` is a context in which the terminal is released."""
        command = self._command()
        if isinstance(command, str):
            return Edited(problem=command)
        try:
            file = await asyncio.to_thread(EditedFile, text, self._environment)
        except LmdeckError as error:
            return Edited(problem=failure_text(error.failure))
        edited = Edited()
        self._kept.append(file)
        try:
            edited = await self._edit_file(command, file, lend)
        finally:
            if not edited.problem:
                self._remove(file)
        return edited

    async def _edit_file(
        self, command: _Command, file: EditedFile, lend: Callable[[], AbstractContextManager[None]]
    ) -> Edited:
        begun = time.monotonic()
        with lend(), _deaf_to_the_keyboard():
            problem = await self._run(command, file)
        is_at_once = time.monotonic() - begun < _AT_ONCE_SECONDS
        try:
            text = await asyncio.to_thread(file.read)
        except LmdeckError as error:
            return Edited(problem=problem or failure_text(error.failure))
        except UnicodeDecodeError:
            unusable = texts.NOT_USED.format(reason=texts.NOT_UTF8)
            return Edited(problem=texts.KEPT.format(problem=problem or unusable, path=file.path))
        if problem:
            if text is not None:
                return Edited(problem=texts.KEPT.format(problem=problem, path=file.path))
            self._remove(file)
            return Edited(problem=problem)
        if text is None and is_at_once:
            at_once = texts.AT_ONCE.format(program=command.program, name=command.variable)
            return Edited(problem=at_once)
        return Edited(text)

    def close(self) -> None:
        """Delete the remaining files.

        Raises:
            LmdeckError: some of them remain.
        """
        while self._kept:
            self._kept.pop().remove()

    def _remove(self, file: EditedFile) -> None:
        self._kept.remove(file)
        file.remove()

    def _command(self) -> _Command | str:
        """Return the command of the editor, or why there is none."""
        for name in ("VISUAL", "EDITOR"):
            value = self._environment.get(name, "")
            if not value.strip():
                continue
            try:
                words = tuple(shlex.split(value))
            except ValueError:
                return texts.OPEN_QUOTATION.format(name=name)
            command = _Command(words, name)
            if shutil.which(words[0], path=self._environment.get("PATH")) is None:
                return texts.NOT_FOUND.format(program=command.program, name=name)
            return command
        return texts.NO_EDITOR

    async def _run(self, command: _Command, file: EditedFile) -> str:
        """Wait for the editor to exit; return the error, if any."""
        try:
            child = await asyncio.create_subprocess_exec(
                *command.words, str(file.path), env=dict(self._environment)
            )
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return texts.NOT_STARTED.format(program=command.program, reason=reason)
        try:
            status = await child.wait()
        finally:
            if child.returncode is None:
                await _end(child)
        if status > 0:
            return texts.FAILED.format(program=command.program, status=status)
        return texts.KILLED.format(program=command.program, signal=-status) if status else ""


async def _end(child: asyncio.subprocess.Process) -> None:
    """Terminate an editor at the end of the program."""
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _ENDING_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()


@contextmanager
def _deaf_to_the_keyboard() -> Iterator[None]:
    """Ignore Ctrl+C and Ctrl+\\, which are meant for the editor in the same process group.

    The signals are handled, not ignored: an editor would inherit ignored signals.
    """
    before = {number: signal.signal(number, lambda *_: None) for number in _KEYBOARD_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
