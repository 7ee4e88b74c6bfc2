"""A conversation as a Markdown page that can be imported without loss.

Comments mark where each text begins. Text that the page cannot show unchanged (a control character, a tag, a
line that would end a block) is also in the comment, as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from tui import __version__
from tui.core.figures import format_costs
from tui.core.safe_text import safe_line
from tui.core.totals import totals_of
from tui.core.turn import Turn
from tui.core.turn_summary import turn_summary
from tui.session.history import shown_markdown
from tui.store.joined_records import SavedConversation
from tui.store.records import end_record, header_record, turn_record
from tui.store.transcript_file import Transcript
from tui.texts import history as texts

FRONT = "---"
MARK_LINE = "mark: "
TEXTS = ("prompt", "reasoning", "answer")


def to_markdown(saved: SavedConversation) -> str:
    """Return the current branch."""
    found = saved.transcript
    page = _Page(_mark(found))
    page.add(*_front_matter(found, page.mark))
    header = header_record(found.identity, found.title, found.created_at, found.forked_from)
    page.mark_line("header", header)
    page.add("", f"# {shown_markdown.one_line(found.title or texts.UNTITLED)}", "")
    parent: str | None = None
    for turn in found.turns:
        page.turn(replace(turn, parent=parent))
        parent = turn.identity
    return "\n".join(page.lines) + "\n"


class _Page:
    """The lines of the page."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.lines += lines

    def mark_line(self, kind: str, value: object = None) -> None:
        """Add a marker, which no text on the page contains."""
        words = [self.mark, kind] if value is None else [self.mark, kind, _in_comment(value)]
        self.add(f"<!-- {' '.join(words)} -->")

    def turn(self, turn: Turn) -> None:
        """Add a turn."""
        begin = {name: value for name, value in turn_record(turn).items() if name != "prompt"}
        self.mark_line("turn", {"turn": begin, "end": end_record(turn, is_copy=turn.is_copy)})
        self.add("", f"## {texts.PROMPT}", "")
        self._text("prompt", turn.prompt.text)
        self.add(f"## {shown_markdown.one_line(turn.model or texts.ANSWER)}", "")
        if turn.reasoning:
            self.add(f"<details><summary>{texts.REASONING}</summary>", "")
            self._text("reasoning", turn.reasoning.text)
            self.add("</details>", "")
        self._text("answer", turn.answer.text)
        if turn.failure is not None:
            words = (turn.failure.title, turn.failure.advice)
            self.add(" ".join(map(shown_markdown.one_line, words)), "")
        if summary := turn_summary(turn):
            self.add(f"*{shown_markdown.one_line(summary)}*", "")

    def _text(self, kind: str, text: str) -> None:
        if not text:
            return
        shown = shown_markdown.answer(text) if kind == "answer" else shown_markdown.quoted(text)
        again = shown if kind == "answer" else shown_markdown.unquoted(shown)
        self.mark_line(kind, None if again == text else {"text": text})
        self.add("", *shown.split("\n"), "")
        self.mark_line("end")
        self.add("")


def _front_matter(found: Transcript, mark: str) -> Iterator[str]:
    totals = totals_of((*found.turns, *found.dropped))
    usage = totals.usage
    yield FRONT
    yield f"title: {_yaml(found.title)}"
    yield f"id: {_yaml(found.identity)}"
    yield f"created: {_yaml(found.created_at)}"
    for name, values in (
        ("providers", (turn.provider for turn in found.turns)),
        ("models", (turn.model for turn in found.turns)),
    ):
        yield f"{name}: [{', '.join(_yaml(value) for value in dict.fromkeys(values) if value)}]"
    yield f"turns: {len(found.turns)}"
    if usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None:
        yield f"tokens: {usage.prompt_tokens + usage.completion_tokens}"
    if price := format_costs(totals.costs, totals.not_priced):
        yield f"price: {_yaml(price)}"
    yield f"lmdeck: {_yaml(__version__)}"
    yield f"{MARK_LINE}{mark}"
    yield FRONT
    yield ""


def _yaml(text: str) -> str:
    """Return a text as a YAML string, for which a JSON string is valid."""
    return json.dumps(safe_line(text), ensure_ascii=False)


def _in_comment(value: object) -> str:
    """Return JSON that does not end a comment."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")


def _mark(found: Transcript) -> str:
    """Return a word that does not occur in the conversation."""
    whole = "\n".join(
        text
        for turn in found.turns
        for text in (turn.prompt.text, turn.reasoning.text, turn.answer.text)
        if "lmdeck" in text
    )
    number = 0
    while f"lmdeck-{number}" in whole:
        number += 1
    return f"lmdeck-{number}"
