"""The catalogue of failures: for each cause one sentence on what is wrong and one on what to do.

The texts are only in ``causes.txt``; screens, commands, JSON and documentation use them from here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.core.cause import Cause, fill, fill_whole
from tui.core.failure import Failure
from tui.core.safe_text import safe_text

__all__ = ["CATALOGUE", "SECTIONS", "Cause", "explain", "explain_again", "fill", "in_full"]


def read_causes(text: str) -> dict[str, tuple[Cause, ...]]:
    """Return the chapters of a catalogue in the form of ``causes.txt``."""
    sections: dict[str, tuple[Cause, ...]] = {}
    section = ""
    for entry in text.replace("\n    ||", "||").split("\n\n"):
        lines = [line.strip() for line in entry.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("== "):
            section = lines[0][3:]
            sections[section] = ()
        elif lines:
            head, title, advice = lines
            identifier, _, mark = head.partition(" ")
            sections[section] += (Cause(identifier, title, advice, is_warning=mark == "(warning)"),)
    return sections


SECTIONS = read_causes(Path(__file__).with_name("causes.txt").read_text("utf-8"))
"""The catalogue in chapters, in the order of the documentation."""

CATALOGUE = {cause.identifier: cause for section in SECTIONS.values() for cause in section}


def explain(
    cause: str,
    *,
    status: int | None = None,
    server_message: str | None = None,
    chain: tuple[str, ...] = (),
    **facts: str | None,
) -> Failure:
    """Return the failure for a cause, its sentences filled with the facts at hand.

    A fact that is ``None`` or empty counts as missing; the part of a sentence that needs it is left out.
    Whatever a server wrote into them commands no terminal.

    Raises:
        KeyError: the cause is not in the catalogue (a defect of the program).
    """
    entry = CATALOGUE[cause]
    known = {name: safe_text(str(value)) for name, value in facts.items() if value not in (None, "")}
    server_message = None if server_message is None else safe_text(server_message)
    failure = Failure(cause, "", "", status, server_message, known, tuple(map(safe_text, chain)))
    words = _words(failure)
    return replace(failure, title=fill(entry.title, words), advice=fill(entry.advice, words))


def in_full(failure: Failure) -> Failure:
    """Return a failure for where there is room: what was cut in its sentences is whole.

    A sentence that was replaced stays.
    """
    if failure.cause not in CATALOGUE:  # a later lmdeck wrote it
        return failure
    entry, words = CATALOGUE[failure.cause], _words(failure)
    title, advice = (
        fill_whole(template, words) if sentence == fill(template, words) else sentence
        for template, sentence in ((entry.title, failure.title), (entry.advice, failure.advice))
    )
    return replace(failure, title=title, advice=advice)


def _words(failure: Failure) -> dict[str, str]:
    status = "" if failure.status is None else str(failure.status)
    return {"status": status, "server_message": failure.server_message or "", **failure.facts}


def causes_of(section: str) -> frozenset[str]:
    """Return the names of the causes of a chapter."""
    return frozenset(cause.identifier for cause in SECTIONS[section])


def explain_again(failure: Failure, cause: str = "", /, **facts: str | None) -> Failure:
    """Return a failure with other facts, or of another cause, as what more evidence makes of it."""
    return explain(
        cause or failure.cause,
        status=failure.status,
        server_message=failure.server_message,
        chain=failure.chain,
        **facts,
    )
