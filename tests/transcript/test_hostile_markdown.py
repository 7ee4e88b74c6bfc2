"""Markdown made to stall: the work is proportional to the text, measured in calls."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from tests.support.finished_markdown import markdown_lines
from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout
from tui.ui.transcript.stream import MarkdownLines
from tui.ui.transcript.warm import warm_up

CALLS_PER_CHARACTER = 25
HOSTILE = {
    "nested quotes": "> " * 5_000 + "x",
    "nested items on one line": "- " * 5_000 + "x",
    "nested items by indent": "\n".join("  " * depth + "- a" for depth in range(100)),
    "open brackets": "[" * 100_000,
    "closing brackets": "]" * 20_000,
    "half links": "[a](" * 8_000,
    "links": "[a](http://b.c) " * 12_500,
    "images": "![" * 10_000,
    "stars": "**a *b " * 3_000,
    "underscores": "_" * 20_000,
    "backticks": "".join("`" * count + " " for count in range(200)),
    "angle brackets": "<a " * 8_000,
    "dollars": "$a" * 8_000,
    "open formulas": "\\(x " * 6_000,
    "tildes": "~~a" * 6_000,
    "definitions": "".join(f"[r{number}]: http://x/{number}\n" for number in range(600)) + "\n[r1] [r2]",
    "uses of a definition": "[a]: b\n\n" + "[a] " * 5_000,
    "one line of code": "```python\n" + "(" * 20_000 + "\n```",
    "wide table": "|" + "a|" * 3_000 + "\n|" + "-|" * 3_000 + "\n",
    "long table": "|a|b|\n|-|-|\n" + "|*c*|d|\n" * 1_500,
    "combining marks": "e" + "\u0301" * 20_000,
    "wide characters": "中" * 10_000,
    "joined emoji": "👨‍👩‍👧" * 10_000,
    "blank lines": "\n" * 10_000,
    "character references": "&#x41;" * 4_000,
}


class CallCounter:
    """Counts calls of Python and C functions."""

    def __init__(self) -> None:
        self.calls = 0

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        self.calls += event in ("call", "c_call")

    def __enter__(self) -> CallCounter:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)


@pytest.mark.parametrize("name", HOSTILE)
def test_work_is_in_proportion_to_the_text(name: str) -> None:
    text = HOSTILE[name]
    markdown_lines("*warm* `up`", Layout(80))
    with CallCounter() as counter:
        markdown_lines(text, Layout(80))
    assert counter.calls < CALLS_PER_CHARACTER * len(text) + 20_000


@pytest.mark.parametrize("name", HOSTILE)
def test_no_frame_is_more_work_than_another(name: str) -> None:
    text = HOSTILE[name][:10_000]
    warm_up()
    lines = MarkdownLines(Layout(80))
    worst = 0
    for start in range(0, len(text), 1_000):
        with CallCounter() as counter:
            lines.feed(text[start : start + 1_000])
            lines.tail()
        worst = max(worst, counter.calls)
    assert worst < 120_000


@pytest.mark.parametrize(
    "shape",
    [
        "- item with **bold** and `code`\n",
        "| a | *b* | c |\n",
        "value = call(1, 'x')  # c\n",
        "words that go on, ",
    ],
    ids=["list", "table", "code", "paragraph"],
)
def test_a_frame_late_in_one_long_block_costs_what_an_early_one_did(shape: str) -> None:
    head = {"|": "| a | b | c |\n|---|---|---|\n", "v": "```python\n"}.get(shape[0], "")
    lines = MarkdownLines(Layout(80))
    lines.feed(head + shape * 60)
    lines.tail()
    costs = []
    for _ in range(2):
        with CallCounter() as counter:
            for _ in range(20):
                lines.feed(shape)
                lines.tail()
        costs.append(counter.calls)
        lines.feed(shape * 1_000)
    assert costs[1] < 1.5 * costs[0] + 2_000


def test_a_definition_does_not_change_text_without_use() -> None:
    lines: list[Line] = markdown_lines("[a]: http://x\n\nplain", Layout(80))
    assert [line.text for line in lines] == ["plain"]
