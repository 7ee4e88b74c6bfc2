"""Prepares the texts that a search of all chats needs, slowly, while the program runs.

A program that ends earlier leaves the rest to the next one; finished texts are kept.
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
"""After the start: until then the user reads and types, and servers are asked."""
_REST = 9.0
"""How much longer than a text takes to be made nothing is done: others use this machine, too."""


async def keep_search_texts(runtime: ScreenRuntime) -> None:
    """Make the texts that are missing, those of the newest chats first. A search makes its own meanwhile."""
    await asyncio.sleep(_PAUSE_SECONDS)
    await asyncio.to_thread(import_module, "tui.runtime.history")
    history = runtime.chat_history
    await asyncio.to_thread(history.tidy_search)
    try:
        steps = history.prepare_search(await asyncio.to_thread(history.identities))
    except LmdeckError:  # the list of the chats says so
        return
    while True:
        begun = time.perf_counter()
        if await asyncio.to_thread(next, steps, None) is None:
            return
        await asyncio.sleep(_REST * (time.perf_counter() - begun))
