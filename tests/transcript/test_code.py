"""Copied code is exactly that of the block, whatever surrounds it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.transcript.markdown_strategies import markdown
from tests.transcript.test_transcript import chat
from tests.transcript.transcript_host import done_turn, until
from tui.core.safe_text import safe_text
from tui.ui.transcript.cells import expand_tabs, settle_cells
from tui.ui.transcript.code import code_blocks, find_code, last_code
from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout
from tui.ui.transcript.stream import MarkdownLines


def last(text: str) -> str | None:
    return last_code(code_blocks(text))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("no code", None),
        ("```py\na = 1\n```", "a = 1"),
        ("```\none\n```\ntext\n~~~sh\ntwo\nthree\n~~~\nend", "two\nthree"),
        ("````md\n```\ninner\n```\n````", "```\ninner\n```"),
        ("```\nlonger closer\n``````\nafter", "longer closer"),
        ("~~~~\n~~~\n~~~~~  \nafter", "~~~"),
        ("```\nstill open\n  indented", "still open\n  indented"),
        ("```\nstill open\n", "still open"),
        ("```\nfirst\n```\n\n```py\n", "first"),
        ("```\nouter\n~~~\nmore\n```", "outer\n~~~\nmore"),
        ("`` `not a fence` ``\n``` also `not` one", None),
        ("```\n```", None),
        ("a\n\n    indented\n\n      code\n\nb", "indented\n\n  code"),
        ("a\n    no code", None),
        ("1. one\n   ```python\n   if a:\n       b()\n   ```\n2. two", "if a:\n    b()"),
        ("1. one\n\n    ```bash\n    make\n    ```", "make"),
        ("- a\n  - b\n    - c\n\n      ```\n      x\n\n        y\n      ```\n- d", "x\n\n  y"),
        ("-\ta\n\n\t```make\n\tall:\n\t\techo\n\t```", "all:\n\techo"),
        ("1. x\n   ```\n   \tin\n   ```", "\tin"),
        ("> ```\n> quoted\n>  code\n> ```\nafter", "quoted\n code"),
        ("> - a\n>\n>   ```\n>   \tx\n>   ```", "\tx"),
        ("- ```\n  in\nout", "in"),
        ("```\r\nwindows\r\nlines\r\n```\r\n", "windows\nlines"),
        ("```\n\u202e\x1b[1m\x0c\n```", "\u202e\x1b[1m\x0c"),
        ("<pre>\n```\nno code\n```\n</pre>", None),
        ("```\n" + "a b " * 2_000 + "\n```", "a b " * 2_000),
    ],
)
def test_the_last_block_of_code_is_found(markdown: str, expected: str | None) -> None:
    assert last(markdown) == expected


def prefixes(markers: list[str]) -> tuple[str, str]:
    """Return what stands before the first line inside of containers, and before the others."""
    first = rest = ""
    for marker in markers:
        before = len(first.expandtabs(4))
        first += marker
        rest += marker if marker == "> " else " " * (len(first.expandtabs(4)) - before)
    return first, rest


line = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)


@given(
    st.lists(st.sampled_from(["- ", "1. ", "10)  ", "-\t", "> "]), max_size=5),
    st.lists(line, min_size=1, max_size=6),
    st.sampled_from("`~"),
    st.integers(0, 3),
    st.booleans(),
)
@example(["> ", "-\t"], ["\tx", "", "   "], "`", 0, True)
def test_code_comes_back_whole_from_every_container(
    markers: list[str], code: list[str], mark: str, extra: int, is_closed: bool
) -> None:
    assume(is_closed or code[-1])  # the end of the text's last line is no line of its own
    fence = mark * max(3, 1 + max(text.count(mark) for text in code))
    first, rest = prefixes(markers)
    lines = [first + fence + "py", *(rest + text for text in code)]
    if is_closed:
        lines += [rest + fence + mark * extra, "", "after"]
    found = code_blocks("\n".join(lines))
    assert list(found.values()) == ["\n".join(code)]


@given(markdown, st.integers(0, 2_000))
@example("+\t\tcode\n1.", 20)
def test_what_is_copied_is_what_is_drawn_at_every_moment(text: str, length: int) -> None:
    arrived = text[:length]
    drawn = MarkdownLines(replace(Layout(4_000), wrap_code=False))
    drawn.feed(arrived)
    lines = [*drawn.settled, *drawn.tail()]
    for block, code in code_blocks(arrived).items():
        rows = [text_of(line) for line in lines if line.block == block]
        expected = [settle_cells(expand_tabs(safe_text(row))) for row in code.split("\n")]
        assert expected == (rows[1:-1] or [""])


def text_of(line: Line) -> str:
    """Return what a line says, without what stands before it."""
    return line.text[sum(len(span.text) for span in line.spans[: line.lead]) :]


def test_a_text_without_code_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.transcript.code.BlockParser", None)
    assert code_blocks("plain *words*\n\n1. and `more`") == {}


async def test_long_and_short_texts_are_looked_through_alike() -> None:
    text = "```\nx\n```\n" + "word " * 20_000 + "\n\n~~~\ny\n~~~"
    assert list((await find_code(text)).values()) == list(
        (await find_code("```\nx\n```\n~~~\ny\n~~~")).values()
    )


async def test_in_the_raw_view_the_last_block_is_copied() -> None:
    async with chat(done_turn("a", "```\nfirst\n```\n\n```\nsecond\n```")) as (app, transcript, pilot):
        transcript.toggle_raw()
        await pilot.press("k", "unbound.transcript.copy_code")
        await until(pilot, lambda: bool(app.messages))
        assert app.messages[-1].text == "second"


async def test_an_answer_without_code_asks_to_copy_nothing() -> None:
    async with chat(done_turn("a", "no code")) as (app, _, pilot):
        await pilot.press("unbound.transcript.copy_code")
        await until(pilot, lambda: bool(app.messages))
        assert (app.messages[-1].text, app.messages[-1].what) == ("", "code")
