"""Work beside a screen: what waits for a disk, a network or an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker

_SLICE_SECONDS = 0.008


async def in_slices(steps: Iterable[object]) -> None:
    """Do work that is a chain of small steps, and let everybody else work every few milliseconds."""
    begun = perf_counter()
    for _ in steps:
        if perf_counter() - begun >= _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = perf_counter()


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
    awaited. A failure does not end the program: ``LmdeckScreen`` tells it.
    """
    begun: Any = partial(work, *arguments)
    return node.run_worker(begun, name=name, group=group, exclusive=exclusive, exit_on_error=False)
