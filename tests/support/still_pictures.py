"""Pictures of screens, taken once nothing moves any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

_ROUNDS = 5


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """The comparison with a picture that is taken when nothing moves any more, also on a busy machine.

    Textual's pilot takes a program that gets no time of the processor for one that has nothing to do.
    """

    def compare(
        app: App[Any],
        press: Iterable[str] = (),
        terminal_size: tuple[int, int] = (80, 24),
        run_before: Callable[[Pilot[Any]], Awaitable[None]] | None = None,
    ) -> bool:
        shown = ""

        async def before(pilot: Pilot[Any]) -> None:
            nonlocal shown
            if run_before is not None:
                await run_before(pilot)
            await pilot.press(*press)
            shown = await still(pilot)

        is_same = snap_compare(app, terminal_size=terminal_size, run_before=before)
        if not is_same:
            print(shown)  # for a place where nobody sees the report
        return is_same

    return compare


async def still(pilot: Pilot[Any]) -> str:
    """Wait until a screen stays as it is, with no message on its way; return its text."""
    texts = [""]
    deadline = asyncio.get_running_loop().time() + 10
    while len(texts) < _ROUNDS or len(set(texts[-_ROUNDS:])) > 1 or is_working(pilot.app):
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"never still:\n{texts[-1]}")
        await pilot.pause(0.01)
        rows = pilot.app.screen._compositor.render_strips()
        texts.append("\n".join("".join(segment.text for segment in row) for row in rows))
    return texts[-1]


def is_working(app: App[Any]) -> bool:
    """Whether a message or a drawing is on its way."""
    nodes = (app, app.screen, *app.screen.walk_children())
    return bool(app.screen._dirty_widgets) or not all(node._message_queue.empty() for node in nodes)
