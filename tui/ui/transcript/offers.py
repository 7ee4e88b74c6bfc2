"""Clickable parts of lines: a link opens a URL, an offer runs an action on a turn.

An offer is recognised by the role of its span, which text of a model or a server never has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.ui.transcript.cells import cell_len
from tui.ui.transcript.lines import Line, Role, Span

_BETWEEN = Span(" · ", Role.FOOTER)


class Offer(NamedTuple):
    """An action of the screen, with its current key or command and a short label."""

    action: str
    label: str


def offer_spans(offers: Iterable[Offer]) -> tuple[Span, ...]:
    """Return offers on one line."""
    spans: list[Span] = []
    for offer in offers:
        spans += (_BETWEEN, Span(offer.label, Role.OFFER, offer.action))
    return tuple(spans[1:])


def offer_at(line: Line, column: int) -> str:
    """Return the action at a column of a line; empty if there is none."""
    position = 0
    for span in line.spans:
        start, position = position, position + cell_len(span.text)
        if span.style == Role.OFFER and start <= column < position:
            return span.url
    return ""


def link_at(line: Line, column: int | None = None) -> str:
    """Return the URL of the link at a column of a line, or of its first link; empty if there is none."""
    position = 0
    for span in line.spans:
        start, position = position, position + cell_len(span.text)
        is_there = column is None or start <= column < position
        if span.url and span.style != Role.OFFER and is_there:
            return span.url
    return ""
