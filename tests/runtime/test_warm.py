"""Loading modules in parallel to the screens creates nothing that these also create."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.real_deck import RealDeck
from tui.runtime.runtime import open_runtime


async def test_what_a_chat_needs_is_loaded_and_made_by_one_thread_alone(tmp_path: Path) -> None:
    runtime = open_runtime(RealDeck(tmp_path).environment)
    await runtime.warm()
    assert "tui.runtime.chats" in sys.modules
    assert "chats" not in vars(runtime), "the thread of the screens makes it"
    await runtime.aclose()
