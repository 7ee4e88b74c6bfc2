"""A conversation as one HTML page: all text is escaped, nothing is executed or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tui.core.safe_text import safe_line, safe_text
from tui.core.turn import Turn
from tui.core.turn_summary import turn_summary
from tui.store.joined_records import SavedConversation
from tui.texts import history as texts

_HEAD = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font-family: sans-serif; line-height: 1.5 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: 0.5rem 0 }}
.prompt {{ border-left: 3px solid #888; padding-left: 0.8rem }}
.figures, details {{ color: #666; font-size: 0.9rem }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="figures">{created_at}</p>
"""
_TAIL = "</body>\n</html>\n"


def to_html(saved: SavedConversation) -> str:
    """Return the current branch."""
    found = saved.transcript
    head = _HEAD.format(title=_line(found.title or texts.UNTITLED), created_at=_line(found.created_at))
    return "".join((head, *(piece for turn in found.turns for piece in _turn(turn)), _TAIL))


def _turn(turn: Turn) -> Iterator[str]:
    yield f'<section>\n<h2>{texts.PROMPT}</h2>\n<pre class="prompt">{_block(turn.prompt.text)}</pre>\n'
    yield f"<h2>{_line(turn.model or texts.ANSWER)}</h2>\n"
    if turn.reasoning:
        reasoning = _block(turn.reasoning.text)
        yield f"<details><summary>{texts.REASONING}</summary>\n<pre>{reasoning}</pre>\n</details>\n"
    if turn.answer:
        yield f"<pre>{_block(turn.answer.text)}</pre>\n"
    if turn.failure is not None:
        yield f"<p>{_line(turn.failure.title)} {_line(turn.failure.advice)}</p>\n"
    if summary := turn_summary(turn):
        yield f'<p class="figures">{_line(summary)}</p>\n'
    yield "</section>\n"


def _line(text: str) -> str:
    return escape(safe_line(text))


def _block(text: str) -> str:
    """Return a text for ``pre``, which ignores an initial line feed."""
    return "\n" + escape(safe_text(text))
