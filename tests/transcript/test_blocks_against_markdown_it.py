"""The incremental block parser agrees with markdown-it's parse of the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from markdown_it import MarkdownIt
from markdown_strategies import markdown

from tui.ui.transcript.blocks import NESTING_LIMIT, BlockParser
from tui.ui.transcript.grammar import ItemMarker, delimiter_row

Trace = list[tuple[Any, ...]]


class Tracer:
    """Takes down what the parser tells."""

    def __init__(self) -> None:
        self.trace: Trace = []
        self._code: list[str] = []
        self._paragraph = ""

    def open_quote(self, after_blank: bool) -> None:
        self.trace.append(("quote",))

    def open_item(self, marker: ItemMarker, number: int | None, after_blank: bool, same_list: bool) -> None:
        self.trace.append(("item", number))

    def close_container(self) -> None:
        self.trace.append(("end",))

    def paragraph(self, text: str, *, first: bool, last: bool, after_blank: bool) -> None:
        self._paragraph = text if first else self._paragraph + text
        if last:
            self.trace.append(("paragraph", words(self._paragraph)))

    def heading(self, level: int, text: str, after_blank: bool) -> None:
        self.trace.append(("heading", level, words(text)))

    def rule(self, after_blank: bool) -> None:
        self.trace.append(("rule",))

    def open_code(self, info: str, after_blank: bool) -> None:
        self._code = []

    def code_line(self, text: str, *, continued: bool) -> None:
        self._code.append(text)

    def close_code(self) -> None:
        self.trace.append(("code", code_text("\n".join(self._code))))

    def literal_line(self, text: str, *, first: bool, after_blank: bool, continued: bool) -> None:
        raise AssertionError("not among these texts")

    def open_table(self, alignments: tuple[str, ...], header: list[str], after_blank: bool) -> None:
        self.trace.append(("table", [words(cell) for cell in header]))

    def table_row(self, cells: list[str]) -> None:
        self.trace.append(("row", [words(cell) for cell in cells]))

    def close_table(self) -> None:
        self.trace.append(("end table",))


def code_text(text: str) -> str:
    return "\n".join(line.expandtabs(4).rstrip() for line in text.strip("\n").split("\n"))


def words(text: str) -> str:
    return " ".join(text.split())


def ours(text: str) -> Trace:
    tracer = Tracer()
    parser = BlockParser(tracer)
    for line in text.split("\n"):
        parser.feed_line(line)
    parser.finish()
    return tracer.trace


class Reader:
    """Takes down what markdown-it's tokens say."""

    def __init__(self) -> None:
        self.trace: Trace = []
        self._numbers: list[int | None] = []
        self._cells: list[str] = []
        self._inside = ""
        self._level = 0

    def read(self, tokens: Iterable[Any]) -> Trace:
        for token in tokens:
            handler = getattr(self, f"on_{token.type}", None)
            if handler is not None:
                handler(token)
            if token.type in ("paragraph_open", "heading_open", "th_open", "td_open"):
                self._inside = token.type
        return self.trace

    def on_blockquote_open(self, token: Any) -> None:
        self.trace.append(("quote",))

    def on_bullet_list_open(self, token: Any) -> None:
        self._numbers.append(None)

    def on_ordered_list_open(self, token: Any) -> None:
        self._numbers.append(int(token.attrs.get("start", 1)))

    def on_bullet_list_close(self, token: Any) -> None:
        self._numbers.pop()

    on_ordered_list_close = on_bullet_list_close

    def on_list_item_open(self, token: Any) -> None:
        number = self._numbers[-1]
        self.trace.append(("item", number))
        self._numbers[-1] = None if number is None else number + 1

    def on_blockquote_close(self, token: Any) -> None:
        self.trace.append(("end",))

    on_list_item_close = on_blockquote_close

    def on_hr(self, token: Any) -> None:
        self.trace.append(("rule",))

    def on_fence(self, token: Any) -> None:
        self.trace.append(("code", code_text(token.content)))

    on_code_block = on_fence

    def on_tr_open(self, token: Any) -> None:
        self._cells = []

    def on_tr_close(self, token: Any) -> None:
        self.trace.append(("table" if self._inside == "th_open" else "row", self._cells))

    def on_table_close(self, token: Any) -> None:
        self.trace.append(("end table",))

    def on_heading_open(self, token: Any) -> None:
        self._level = int(token.tag[1])

    def on_inline(self, token: Any) -> None:
        if self._inside in ("th_open", "td_open"):
            self._cells.append(words(token.content))
        elif self._inside == "heading_open":
            self.trace.append(("heading", self._level, words(token.content)))
        else:
            self.trace.append(("paragraph", words(token.content)))


def theirs(text: str) -> Trace:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table"]).disable(["html_block"])
    return Reader().read(parser.parse(text))


@pytest.mark.slow
@given(markdown)
@example("- a\n  - b\n\n    c\n- d")
@example("1. a\n2. b\n\n   ```\n   x\n   ```\n3. c")
@example("> a\nlazy\n> - b\nlazy\n\nend")
@example("a\n---\nb\n===\n- c\n---")
@example("| a | b |\n|---|---|\n| 1 | 2 |\n- x")
@example("a | b\n-|-\n\n    code\n\n    more")
@settings(max_examples=250, deadline=None, derandomize=True)  # markdown-it has rare quirks of its own
def test_structure_is_that_of_the_whole_text(text: str) -> None:
    assume(
        not re.search(r"(^|\n)[ >*+\-\d.)\t]*(\$\$|\[r\]:)", text)
    )  # formulas and definitions are ours to treat
    assume("`" not in text or "|" not in text)
    assert ours(text) == theirs(text)


def test_containers_beyond_the_limit_are_text() -> None:
    trace = ours("> " * 500 + "deep")
    assert trace.count(("quote",)) == NESTING_LIMIT - 1
    assert trace[NESTING_LIMIT - 1][0] == "paragraph"


def test_a_delimiter_row_says_how_columns_are_aligned() -> None:
    assert delimiter_row("|:--|:-:|--:|---|") == ("left", "center", "right", "")
    assert delimiter_row("| a |") is None
