"""Shows the early frame where it is a part of the real one."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from rich.console import Console

from tui.ui.early.chat import draw_chat
from tui.ui.early.drawing import Drawing
from tui.ui.early.look import look_for
from tui.ui.early.providers import draw_providers
from tui.ui.early.terminal import EarlyTerminal, holding
from tui.ui.mark_support import lacks_marks
from tui.ui.start import ChatStart, Start
from tui.ui.textual_compat.encoder import Encoder
from tui.ui.window import is_too_small

if TYPE_CHECKING:
    from tui.core.provider import Provider
    from tui.runtime.contract import ScreenRuntime


@contextmanager
def early_frame(
    runtime: ScreenRuntime, start: Start, asked: Provider | None
) -> Iterator[EarlyTerminal | None]:
    """Show the frame of a new chat with a provider, or of the provider list, until the driver takes over.

    Yields ``None`` where it would not be a part of the real one: with another theme, without colours, with
    notices at the top, in a window that is too small, on Textual's own driver.
    """
    is_saved_chat = isinstance(start, ChatStart) and start.conversation is not None
    drawn = _draw(runtime, asked) if not is_saved_chat and _is_possible(runtime) else None
    if drawn is None:
        yield None
        return
    terminal, frame = drawn
    with holding(terminal):
        terminal.take(frame)
        yield terminal


def _is_possible(runtime: ScreenRuntime) -> bool:
    """Whether the screens come on this terminal, as they are usually drawn, with nothing above them."""
    if threading.current_thread() is not threading.main_thread():
        return False  # of another program, which has the signals
    if any(name.startswith("TEXTUAL") for name in os.environ) or os.environ.get("LMDECK_COMPAT") == "textual":
        return False
    has_own_keys = bool(runtime.settings.keys)  # reading them finds what is wrong with the settings
    has_notices = has_own_keys or runtime.settings_notices or runtime.directory.notices
    return not has_notices and not _is_in_background(_descriptor(sys.__stdin__))


def _is_in_background(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:  # it controls no processes
        return False


def _draw(runtime: ScreenRuntime, asked: Provider | None) -> tuple[EarlyTerminal, str] | None:
    console = Console(force_terminal=True)
    look = look_for(runtime.settings.theme, console.color_system, os.environ)
    if look is None or lacks_marks(os.environ, console.encoding):
        return None
    output = _descriptor(sys.__stdout__)
    size = os.get_terminal_size(output)
    if is_too_small(size.columns, size.lines):
        return None
    drawing, encoder = Drawing(size.columns, size.lines, look.background), Encoder(console)
    field = None
    if asked is not None:
        field = draw_chat(drawing, look, asked)
    else:
        draw_providers(drawing, look, runtime)
    return EarlyTerminal(_descriptor(sys.__stdin__), output, encoder, field), drawing.encoded(encoder)


def _descriptor(stream: TextIO | None) -> int:
    return cast(TextIO, stream).fileno()
