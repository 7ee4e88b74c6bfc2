"""Pictures of every kind of block, at two widths, in dark, light and sixteen colours."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.still_pictures import snap_compare as snap_compare
from tests.transcript.transcript_host import Host, done_turn
from tests.transcript.transcript_page import PAGE
from tui.core.failure import Failure
from tui.core.turn import Turn, TurnState
from tui.core.usage import Usage

SIZES = {"narrow": (80, 62), "wide": (120, 58)}
THEMES = {"dark": "textual-dark", "light": "textual-light", "sixteen": "ansi-dark"}


def conversation() -> list[Turn]:
    first = done_turn("a", PAGE, "Show me **everything**.", reasoning="First *this*.\n\nThen that.")
    first.thinking_seconds, first.usage = 12.34, Usage(1200, 340, 30)
    second = done_turn("b", "Half an ans", "And now?")
    second.state, second.failure = (
        TurnState.FAILED,
        Failure("connection-lost", "The connection broke off.", "Press ^R to ask again."),
    )
    second.notes.append("retried without stream_options")
    return [first, second]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_block(size: str, theme: str, snap_compare: Any) -> None:
    async def show(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, Host)
        app.theme = THEMES[theme]
        app.transcript.show_turns(conversation())
        app.transcript.focus()
        await pilot.pause()
        app.transcript.cursor.identity = None
        await pilot.press("space")
        await pilot.press("k", "k")
        await pilot.pause()

    assert snap_compare(Host(), terminal_size=SIZES[size], run_before=show)
