"""``lmdeck`` and ``lmdeck chat``: opens the screens, or the plain chat."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING

from tui.cli.output import Output
from tui.cli.resuming import print_how_to_resume
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.runtime.chat_choice import provider_for_chat
from tui.runtime.runtime import Runtime, open_runtime
from tui.ui.start import ChatStart, Start

if TYPE_CHECKING:
    from tui.core.provider import Provider

_SWITCH_SECONDS = 0.001
"""How long a working thread may delay those that read keys and write frames."""


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Open the program and return its exit code."""
    runtime = open_runtime(os.environ)
    if getattr(arguments, "plain", False) or (arguments.command == "chat" and runtime.settings.plain):
        from tui.cli.plain_chat import run_plain_chat

        return run_plain_chat(arguments, runtime, output)
    _require_terminal()
    return _open_screens(arguments, runtime, output)


def _require_terminal() -> None:
    """Check for a terminal: the screens read keys, and a dumb terminal cannot address its cursor."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise UsageError(explain("terminal-missing"))
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError(explain("terminal-dumb", terminal=os.environ.get("TERM", "")))


def _open_screens(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.disable()  # a tenth of the start: nothing made until the first paint is garbage; the app enables it
    if arguments.command != "chat":
        code = _open(runtime, "providers", None)
    else:
        asked = None
        if arguments.provider is not None or not arguments.resume:
            asked = provider_for_chat(runtime.directory, arguments.provider)
        runtime.saves_conversations = not arguments.unsaved
        conversation = runtime.sessions.find(arguments.resume) if arguments.resume else None
        code = _open(runtime, ChatStart(arguments.provider, conversation), asked)
    for sentence in runtime.unwritten:
        output.aside(sentence)
    output.notes(runtime.moved)
    output.notes(runtime.optional.notices)
    print_how_to_resume(runtime)
    return code


def _open(runtime: Runtime, start: Start, asked: Provider | None) -> int:
    """Run the screens: something is on the terminal before all of them is loaded."""
    from tui.ui.early.frame import early_frame

    with early_frame(runtime, start, asked) as early:
        from tui.ui.app import run_app

        return run_app(runtime, start, early)
