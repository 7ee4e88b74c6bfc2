"""Background work of a screen: waiting for a disk, a network or an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from textual.dom import DOMNode
from textual.worker import Worker

from tui.ui.deck import deck_of
from tui.ui.textual_compat.internals import WHILE_LEAVING, is_gone

Value = TypeVar("Value")

_SLICE_SECONDS = 0.008


async def in_slices(steps: Iterable[object]) -> None:
    """Do work that is a chain of small steps, and let everybody else work every few milliseconds."""
    begun = perf_counter()
    for _ in steps:
        if perf_counter() - begun >= _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = perf_counter()


async def with_word(work: Awaitable[Value], seconds: float, say: Callable[[], object]) -> Value:
    """Return what the work returns; call ``say`` where it takes longer than some seconds."""
    working = asyncio.ensure_future(work)
    await asyncio.wait({working}, timeout=seconds)
    if not working.done():
        say()
    return await working


def in_background(
    node: DOMNode,
    work: Callable[..., Awaitable[Any]],
    *arguments: object,
    group: str,
    name: str = "",
    exclusive: bool = False,
) -> Worker[Any]:
    """Call ``work`` with the arguments in a worker of the node; it ends with the node.

    It takes a function, not a coroutine: one whose worker is cancelled before it begins would never be
    awaited. A defect does not end the program: the app tells it.
    """
    begun: Any = partial(telling_defects, node, partial(work, *arguments))
    return node.run_worker(begun, name=name, group=group, exclusive=exclusive, exit_on_error=False)


async def telling_defects(node: DOMNode, work: Callable[[], Awaitable[Value]]) -> Value:
    """Do the work of a node, and let the app report a failure of it.

    Textual informs only the node, which may be a widget without a handler or a closed screen. Work that looks
    for what went away with its window has ended like any that is cancelled with it.
    """
    app, deck = node.app, deck_of(node)
    try:
        return await work()
    except WHILE_LEAVING as error:
        if is_gone(app, node):
            raise asyncio.CancelledError from error
        deck.report_defect(error)
        raise
    except Exception as error:
        deck.report_defect(error)
        raise
