"""Slowly prepares the texts for searching all chats while the program runs.

If the program ends earlier, the next one continues; finished texts are kept.
"""

from __future__ import annotations

import asyncio
import time
from importlib import import_module
from typing import TYPE_CHECKING

from tui.core.failure import LmdeckError

if TYPE_CHECKING:
    from tui.runtime.contract import ScreenRuntime

_PAUSE_SECONDS = 3.0
"""After startup, when the user reads and types, and servers are contacted."""
_REST = 9.0
"""The pause after each text, relative to its duration: others use this machine, too."""


async def keep_search_texts(runtime: ScreenRuntime) -> None:
    """Create the missing texts, newest chats first. A search creates those it needs itself."""
    await asyncio.sleep(_PAUSE_SECONDS)
    await asyncio.to_thread(import_module, "tui.runtime.history")
    history = runtime.chat_history
    await asyncio.to_thread(history.tidy_search)
    try:
        steps = history.prepare_search(await asyncio.to_thread(history.identities))
    except LmdeckError:  # the list of chats reports it
        return
    while True:
        begun = time.perf_counter()
        if await asyncio.to_thread(next, steps, None) is None:
            return
        await asyncio.sleep(_REST * (time.perf_counter() - begun))
