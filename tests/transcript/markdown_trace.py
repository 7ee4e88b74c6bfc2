"""The structure of a Markdown text as a flat list: as our parser tells it, and as markdown-it's tokens do.

Entries: ``("quote",)``, ``("item", number, goes_on)``, ``("end",)``, ``("rule",)``, ``("paragraph", text)``,
``("heading", level, text)``, ``("code", info, text)``, ``("literal", text)``, ``("table", cells)``,
``("row", cells)`` and ``("end table",)``. An ``Inline`` says how the text of a leaf is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from markdown_it.token import Token

from tui.ui.transcript.blocks import BlockParser
from tui.ui.transcript.grammar import ItemMarker
from tui.ui.transcript.sink import Sink

Trace = list[tuple[Any, ...]]
_TEXTS = ("paragraph_open", "heading_open", "th_open", "td_open")


class Tracer(Sink):
    """Records the output of the parser."""

    def __init__(self) -> None:
        self.trace: Trace = []
        self._info = ""
        self._lines: list[str] = []
        self._paragraph = ""
        self._begins = False

    def begin_block(self, after_blank: bool) -> None:
        self._begins, self._paragraph = True, ""

    def open_quote(self, after_blank: bool) -> None:
        self.trace.append(("quote",))

    def open_item(self, marker: ItemMarker, number: int | None, after_blank: bool, same_list: bool) -> None:
        self.trace.append(("item", number, same_list))

    def close_container(self) -> None:
        self.trace.append(("end",))

    def paragraph(self, text: str, *, last: bool) -> None:
        self._paragraph += text
        if last:
            self.trace.append(("paragraph", self._paragraph))

    def heading(self, level: int, text: str) -> None:
        self.trace.append(("heading", level, text))

    def rule(self) -> None:
        self.trace.append(("rule",))

    def open_code(self, info: str) -> None:
        self._info, self._lines = info, []

    def code_line(self, text: str, *, continued: bool) -> None:
        if continued:
            self._lines[-1] += text
        else:
            self._lines.append(text)

    def close_code(self) -> None:
        self.trace.append(("code", self._info, "".join(f"{line}\n" for line in self._lines)))

    def literal_line(self, text: str, *, continued: bool) -> None:
        first, self._begins = self._begins, False
        if first:
            self.trace.append(("literal", ""))
        before = self.trace.pop()[1]
        self.trace.append(("literal", before + text if continued or first else f"{before}\n{text}"))

    def open_table(self, alignments: tuple[str, ...], header: list[str]) -> None:
        self.trace.append(("table", header))

    def table_row(self, cells: list[str]) -> None:
        self.trace.append(("row", cells))

    def close_table(self) -> None:
        self.trace.append(("end table",))


def our_trace(text: str) -> tuple[Trace, dict[str, tuple[str, str]]]:
    """Return the trace of our parser with the texts' sources, and the link references that it learnt."""
    tracer = Tracer()
    parser = BlockParser(tracer)
    for line in text.split("\n"):
        parser.feed_line(line)
    parser.finish()
    return tracer.trace, parser.new_references


class Reader:
    """Records the structure in markdown-it's tokens."""

    def __init__(self, inline: Callable[[Token], Any]) -> None:
        self.trace: Trace = []
        self._inline = inline
        self._lists: list[tuple[int | None, bool]] = []
        """Of each open list: the number of its next item, and whether it had an item."""
        self._cells: list[Any] = []
        self._inside = ""
        self._level = 0

    def read(self, tokens: Iterable[Token]) -> Trace:
        for token in tokens:
            handler = getattr(self, f"on_{token.type}", None)
            if handler is not None:
                handler(token)
            if token.type in _TEXTS:
                self._inside = token.type
        return self.trace

    def on_blockquote_open(self, token: Token) -> None:
        self.trace.append(("quote",))

    def on_bullet_list_open(self, token: Token) -> None:
        self._lists.append((None, False))

    def on_ordered_list_open(self, token: Token) -> None:
        self._lists.append((int(token.attrs.get("start", 1)), False))

    def on_bullet_list_close(self, token: Token) -> None:
        self._lists.pop()

    on_ordered_list_close = on_bullet_list_close

    def on_list_item_open(self, token: Token) -> None:
        number, goes_on = self._lists[-1]
        self.trace.append(("item", number, goes_on))
        self._lists[-1] = (None if number is None else number + 1, True)

    def on_blockquote_close(self, token: Token) -> None:
        self.trace.append(("end",))

    on_list_item_close = on_blockquote_close

    def on_hr(self, token: Token) -> None:
        self.trace.append(("rule",))

    def on_fence(self, token: Token) -> None:
        from markdown_it.common.utils import unescapeAll

        self.trace.append(("code", unescapeAll(token.info).strip(), token.content))

    def on_code_block(self, token: Token) -> None:
        self.trace.append(("code", "", token.content))

    def on_html_block(self, token: Token) -> None:
        self.trace.append(("literal", token.content.removesuffix("\n")))

    def on_tr_open(self, token: Token) -> None:
        self._cells = []

    def on_tr_close(self, token: Token) -> None:
        self.trace.append(("table" if self._inside == "th_open" else "row", self._cells))

    def on_table_close(self, token: Token) -> None:
        self.trace.append(("end table",))

    def on_heading_open(self, token: Token) -> None:
        self._level = int(token.tag[1])

    def on_inline(self, token: Token) -> None:
        text = self._inline(token)
        if self._inside in ("th_open", "td_open"):
            self._cells.append(text)
        elif self._inside == "heading_open":
            self.trace.append(("heading", self._level, text))
        else:
            self.trace.append(("paragraph", text))


def with_texts(trace: Trace, inline: Callable[[str], Any]) -> Trace:
    """Return a trace of ours with the text of each leaf written down by ``inline``."""
    written: Trace = []
    for entry in trace:
        if entry[0] in ("paragraph", "heading"):
            written.append((*entry[:-1], inline(entry[-1])))
        elif entry[0] in ("table", "row"):
            written.append((entry[0], [inline(cell) for cell in entry[1]]))
        else:
            written.append(entry)
    return written
