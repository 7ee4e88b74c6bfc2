"""Extracts the code blocks of an answer for copying, with the same parser that draws them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tui.ui.transcript.blocks import BlockParser
from tui.ui.transcript.sink import Sink

LONG_CHARACTERS = 50_000
"""The longest text searched at once: about 30 ms of work."""
_MARKS = ("```", "~~~", "    ", "\t")
"""Every text with a code block contains one of these."""


class _CodeCollector(Sink):
    """Counts blocks like the renderer and stores the text of code."""

    def __init__(self) -> None:
        self.codes: dict[int, list[str]] = {}
        self._block = -1

    def begin_block(self, after_blank: bool) -> None:
        self._block += 1

    def open_code(self, info: str) -> None:
        self.codes[self._block] = []

    def code_line(self, text: str, *, continued: bool) -> None:
        lines = self.codes[self._block]
        if continued and lines:
            lines[-1] += text
        else:
            lines.append(text)


def code_blocks(text: str) -> dict[int, str]:
    """Return the code blocks by block number, as the model wrote them.

    The final line end is omitted, since it would run the command when pasted into a shell. An incomplete
    block contains what has arrived.
    """
    if not any(mark in text for mark in _MARKS):
        return {}
    collector = _CodeCollector()
    parser = BlockParser(collector)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()  # the end of the last line, not a blank one
    for line in lines:
        parser.feed_line(line.removesuffix("\r"))
    parser.finish()
    return {block: "\n".join(code) for block, code in collector.codes.items()}


def last_code(codes: Mapping[int, str]) -> str | None:
    """Return the last non-empty code block of an answer; ``None`` if there is none."""
    return next((codes[block] for block in sorted(codes, reverse=True) if codes[block]), None)


def code_of_number(codes: Mapping[int, str], number: int) -> str | None:
    """Return the code block with a number, from 1 as in the transcript; ``None`` if there is none."""
    places = sorted(codes)
    return codes[places[number - 1]] if 1 <= number <= len(places) else None


async def find_code(text: str) -> dict[int, str]:
    """Return ``code_blocks``, searching a long text in the background."""
    if len(text) > LONG_CHARACTERS:
        return await asyncio.to_thread(code_blocks, text)
    return code_blocks(text)
