"""Background work of screens: waiting for the disk, the network or an answer."""

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
    """Run work in small steps, yielding to other tasks every few milliseconds."""
    begun = perf_counter()
    for _ in steps:
        if perf_counter() - begun >= _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = perf_counter()


async def with_word(work: Awaitable[Value], seconds: float, say: Callable[[], object]) -> Value:
    """Return the result of the work; call ``say`` if it takes longer than ``seconds``."""
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
    """Call ``work`` with the arguments in a worker of the node, which ends with the node.

    Takes a function and not a coroutine, which would never be awaited if the worker is cancelled before it
    starts. An exception does not end the program, but is reported by the app.
    """
    begun: Any = partial(telling_defects, node, partial(work, *arguments))
    return node.run_worker(begun, name=name, group=group, exclusive=exclusive, exit_on_error=False)


async def telling_defects(node: DOMNode, work: Callable[[], Awaitable[Value]]) -> Value:
    """Do the work of a node, and let the app report an exception.

    Textual informs only the node, which may be a widget without a handler or a closed screen. Work that fails
    because its window was closed counts as cancelled.
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
