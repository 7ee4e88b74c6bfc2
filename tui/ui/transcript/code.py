"""The code blocks of an answer as text, for copying: found by the same parser that draws them."""

from __future__ import annotations

from tui.core.safe_text import safe_text
from tui.ui.transcript.blocks import BlockParser
from tui.ui.transcript.grammar import ItemMarker


class _CodeCollector:
    """Counts blocks as the renderer does and keeps the text of code."""

    def __init__(self) -> None:
        self.codes: dict[int, list[str]] = {}
        self._block = -1

    def open_quote(self, after_blank: bool) -> None:
        pass

    def open_item(self, marker: ItemMarker, number: int | None, after_blank: bool, same_list: bool) -> None:
        pass

    def close_container(self) -> None:
        pass

    def paragraph(self, text: str, *, first: bool, last: bool, after_blank: bool) -> None:
        self._block += first

    def heading(self, level: int, text: str, after_blank: bool) -> None:
        self._block += 1

    def rule(self, after_blank: bool) -> None:
        self._block += 1

    def open_code(self, info: str, after_blank: bool) -> None:
        self._block += 1
        self.codes[self._block] = []

    def code_line(self, text: str, *, continued: bool) -> None:
        lines = self.codes[self._block]
        if continued and lines:
            lines[-1] += text
        else:
            lines.append(text)

    def close_code(self) -> None:
        pass

    def literal_line(self, text: str, *, first: bool, after_blank: bool, continued: bool) -> None:
        self._block += first

    def open_table(self, alignments: tuple[str, ...], header: list[str], after_blank: bool) -> None:
        self._block += 1

    def table_row(self, cells: list[str]) -> None:
        pass

    def close_table(self) -> None:
        pass


def code_blocks(text: str) -> dict[int, str]:
    """Return the code of each block of code by the block's ordinal, control characters neutralised."""
    collector = _CodeCollector()
    parser = BlockParser(collector)
    for line in text.split("\n"):
        parser.feed_line(safe_text(line.removesuffix("\r")))
    parser.finish()
    return {block: "\n".join(lines) + "\n" for block, lines in collector.codes.items()}
