"""The screens with a runtime in memory, as a separate program for tests in a real terminal."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.ui.fake_runtime import FakeRuntime
from tui.core.secret import Secret
from tui.ui.app import LmdeckApp, run_app
from tui.ui.textual_compat.driver import TerminalDriver
from tui.ui.textual_compat.terminal_output import TerminalOutput

KEY = "sk-canary-2f7c91ab55d0"
HEAVY = (
    "httpx",
    "httpcore",
    "anyio",
    "markdown_it",
    "pydantic",
    "pygments",
    "rich.markdown",
    "rich.syntax",
    "rich.traceback",
)
"""``ssl`` is not among them: asyncio itself imports it."""


def record_imports(path: Path) -> None:
    """Write down which heavy modules are loaded when the list is painted first."""
    write = TerminalDriver.write

    def recording(self: TerminalDriver, data: str) -> None:
        if "Providers" in data and not path.exists():
            path.write_text(json.dumps([name for name in HEAVY if name in sys.modules]))
        write(self, data)

    TerminalDriver.write = recording  # type: ignore[method-assign]  # a spy


def record_frames(path: Path) -> None:
    """Write down each piece that the writing thread is given which has a mark of a frame."""
    write = TerminalOutput.write

    def recording(self: TerminalOutput, text: str) -> None:
        if "\x1b[?2026" in text:
            with path.open("a") as file:
                file.write(json.dumps(text) + "\n")
        write(self, text)

    TerminalOutput.write = recording  # type: ignore[method-assign]  # a spy


def crash_on_ctrl_c(runtime: FakeRuntime) -> None:
    """Let a defect happen with a key in a local variable and in the message."""
    runtime.redactor.add(Secret(KEY))

    def crash(self: LmdeckApp) -> None:
        local_key = KEY
        raise RuntimeError(f"it broke near [/] {local_key}")

    LmdeckApp.action_help_quit = crash  # type: ignore[method-assign]  # a planted defect


def main() -> int:
    """Run in the mode and the folder of the command line."""
    mode, folder = sys.argv[1], Path(sys.argv[2])
    runtime = FakeRuntime()
    runtime.paths = replace(runtime.paths, state_dir=folder / "state")
    if mode == "imports":
        record_imports(folder / "imports.json")
    if mode == "frames":
        record_frames(folder / "frames.jsonl")
    if mode == "crash":
        crash_on_ctrl_c(runtime)
    code = run_app(runtime)
    (folder / "closed").write_text(str(runtime.is_closed))
    return code


if __name__ == "__main__":
    sys.exit(main())
