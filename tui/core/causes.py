"""The catalogue of failures: for each cause, one sentence on the problem and one on the fix.

The texts are in ``causes.txt``; screens, commands, JSON and documentation get them from here.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui.core.cause import Cause, fill, fill_whole
from tui.core.failure import Failure
from tui.core.safe_text import safe_text

__all__ = ["CATALOGUE", "SECTIONS", "Cause", "explain", "explain_again", "fill", "in_full"]


def read_causes(text: str) -> dict[str, tuple[Cause, ...]]:
    """Parse a catalogue in the format of ``causes.txt`` into sections."""
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
"""The catalogue by section, in the order of the documentation."""

CATALOGUE = {cause.identifier: cause for section in SECTIONS.values() for cause in section}


def explain(
    cause: str,
    *,
    status: int | None = None,
    server_message: str | None = None,
    chain: tuple[str, ...] = (),
    **facts: str | None,
) -> Failure:
    """Return the failure for a cause, its sentences filled in with the available facts.

    A fact that is ``None`` or empty counts as missing; the part of a sentence that needs it is omitted.
    Control sequences in text from a server are neutralised.

    Raises:
        KeyError: the cause is not in the catalogue (a bug).
    """
    entry = CATALOGUE[cause]
    known = {name: safe_text(str(value)) for name, value in facts.items() if value not in (None, "")}
    server_message = None if server_message is None else safe_text(server_message)
    failure = Failure(cause, "", "", status, server_message, known, tuple(map(safe_text, chain)))
    words = _words(failure)
    return replace(failure, title=fill(entry.title, words), advice=fill(entry.advice, words))


def in_full(failure: Failure) -> Failure:
    """Return a failure with its sentences in full, for places with enough room.

    Sentences that have been replaced stay unchanged.
    """
    if failure.cause not in CATALOGUE:  # written by a newer version
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
    """Return the names of the causes in a section."""
    return frozenset(cause.identifier for cause in SECTIONS[section])


def explain_again(failure: Failure, cause: str = "", /, **facts: str | None) -> Failure:
    """Return a failure with different facts or a different cause, after more evidence is available."""
    return explain(
        cause or failure.cause,
        status=failure.status,
        server_message=failure.server_message,
        chain=failure.chain,
        **facts,
    )
