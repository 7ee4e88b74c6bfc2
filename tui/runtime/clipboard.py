"""Copies text to the user's clipboard, and reports by which route.

The user's clipboard may be three hops away: tmux passes text on to its terminal, a display has its own tool,
a terminal accepts OSC 52 without confirming it, and a private file always works. The screen writes the OSC 52
sequence itself, since it owns the terminal; this module selects the route and runs the tools.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import count_neutralised, strip_controls
from tui.store.files import create_private, ensure_private_directory
from tui.store.paths import Paths
from tui.texts import runtime as texts

TIME_LIMIT_SECONDS = 2.0
OSC52_LIMIT_BYTES = 74_994
"""xterm and its descendants accept 100,000 characters of Base64, and ignore longer sequences."""

"""As ``Paths.copied_file`` has it."""
_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMUX", "TMUX_TMPDIR",
    "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR",
)  # fmt: skip
_DUMB_TERMINALS = ("", "dumb", "linux", "vt100", "vt220")


class CopyRoute(StrEnum):
    """The route of a copied text."""

    TMUX = "tmux"
    WAYLAND = "wl-copy"
    XCLIP = "xclip"
    XSEL = "xsel"
    MACOS = "pbcopy"
    TERMINAL = "osc52"
    FILE = "file"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The outcome of a copy."""

    route: CopyRoute
    confirmed: bool
    """Whether the route confirmed that it has the text; a terminal never does."""
    detail: str
    """Where the text is now, in one sentence."""
    hidden_characters: int = 0
    """The number of control, direction and zero-width characters removed from the copy."""

    def message(self, what: str) -> str:
        """Return the message; ``what`` is the copied thing, such as ``Answer``."""
        if self.route is CopyRoute.NONE:
            return texts.NOT_COPIED.format(what=what, detail=self.detail)
        copied = texts.COPIED if self.confirmed else texts.PASSED_ON
        verb = texts.SAVED if self.route is CopyRoute.FILE else copied
        text = verb.format(what=what, detail=self.detail)
        if not self.hidden_characters:
            return text
        more = texts.ONE_HIDDEN if self.hidden_characters == 1 else texts.HIDDEN
        return more.format(text=text, count=self.hidden_characters)


@dataclass(frozen=True, slots=True)
class _Tool:
    route: CopyRoute
    arguments: tuple[str, ...]
    detail: str


class Clipboard:
    """Copies text by the best available route.

    Args:
        environment: determines the available routes; child processes only get some of its variables.
        paths: where the fallback file is written (private).
        time_limit_seconds: how long one tool may take before the next route is tried.
    """

    def __init__(
        self, environment: Mapping[str, str], paths: Paths, time_limit_seconds: float = TIME_LIMIT_SECONDS
    ) -> None:
        self._environment = environment
        self._paths = paths
        self._time_limit = time_limit_seconds

    async def copy(self, raw: str, write_terminal: Callable[[str], None] | None = None) -> CopyResult:
        """Copy a text; never raises if a route fails, but tries the next one.

        Args:
            raw: the unsanitised text; control and invisible characters are removed and counted.
            write_terminal: writes the text to the terminal as OSC 52; ``None`` without a terminal.
        """
        text, hidden = strip_controls(raw), count_neutralised(raw)
        for tool in self._tools():
            if await self._run(tool, text):
                return CopyResult(tool.route, True, tool.detail, hidden)
        if write_terminal is not None and self._terminal_takes(text):
            write_terminal(text)
            return CopyResult(CopyRoute.TERMINAL, False, texts.IN_TERMINAL, hidden)
        return await asyncio.to_thread(self._save, text, hidden)

    def _tools(self) -> Iterator[_Tool]:
        """Yield the applicable tools, the one closest to the user first."""
        environment = self._environment
        if environment.get("TMUX"):
            yield from self._installed("tmux", ("load-buffer", "-w", "-"), CopyRoute.TMUX, texts.IN_TMUX)
            yield from self._installed("tmux", ("load-buffer", "-"), CopyRoute.TMUX, texts.IN_OLD_TMUX)
        is_remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
        if environment.get("WAYLAND_DISPLAY") and not is_remote:
            yield from self._installed(
                "wl-copy", (), CopyRoute.WAYLAND, texts.ON_DESKTOP.format(tool="wl-copy")
            )
        if self._has_display(is_remote):
            yield from self._installed(
                "xclip",
                ("-selection", "clipboard", "-in"),
                CopyRoute.XCLIP,
                texts.ON_DESKTOP.format(tool="xclip"),
            )
            yield from self._installed(
                "xsel", ("--clipboard", "--input"), CopyRoute.XSEL, texts.ON_DESKTOP.format(tool="xsel")
            )
        if not is_remote:
            yield from self._installed("pbcopy", (), CopyRoute.MACOS, texts.ON_DESKTOP.format(tool="pbcopy"))

    def _has_display(self, is_remote: bool) -> bool:
        """Return whether an X display is the user's: over SSH, only if it is forwarded (``host:10.0``)."""
        display = self._environment.get("DISPLAY", "")
        return bool(display.partition(":")[0]) if is_remote else bool(display)

    def _installed(
        self, name: str, arguments: tuple[str, ...], route: CopyRoute, detail: str
    ) -> Iterator[_Tool]:
        path = shutil.which(name, path=self._environment.get("PATH", os.defpath))
        if path is not None:
            yield _Tool(route, (path, *arguments), detail)

    async def _run(self, tool: _Tool, text: str) -> bool:
        """Pass the text to a tool; return whether it reported success."""
        environment = {name: self._environment[name] for name in _PASSED_ON if name in self._environment}
        try:
            child = await asyncio.create_subprocess_exec(
                *tool.arguments,
                stdin=asyncio.subprocess.PIPE,
                # xclip and wl-copy stay in the background to serve the text: their pipe would never end.
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        except OSError:
            return False
        try:
            async with asyncio.timeout(self._time_limit):
                await child.communicate(text.encode("utf-8"))
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            return False
        return child.returncode == 0

    def _terminal_takes(self, text: str) -> bool:
        """Return whether OSC 52 may work; tmux and screen ignore it by default."""
        if self._environment.get("TMUX") or self._environment.get("STY"):
            return False
        if self._environment.get("TERM", "") in _DUMB_TERMINALS:
            return False
        return len(text.encode("utf-8")) <= OSC52_LIMIT_BYTES

    def _save(self, text: str, hidden: int) -> CopyResult:
        path = self._paths.copied_file
        shown = self._paths.shown(path)
        try:
            ensure_private_directory(path.parent)
            path.unlink(missing_ok=True)
            create_private(path, text.encode("utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            detail = texts.NO_CLIPBOARD.format(path=shown, reason=reason)
            return CopyResult(CopyRoute.NONE, False, detail, hidden)
        return CopyResult(CopyRoute.FILE, True, texts.IN_FILE.format(path=shown), hidden)
