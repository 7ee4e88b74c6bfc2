"""A streaming text looks like a fresh rendering, at every moment and width."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.finished_markdown import markdown_lines
from tests.transcript.markdown_strategies import cut_texts, markdown
from tui.ui.transcript.lines import Line
from tui.ui.transcript.render import Layout
from tui.ui.transcript.stream import MarkdownLines

WIDTHS = st.sampled_from([1, 7, 20, 40, 80, 117])
LONG = "word " * 700


def shown(lines: MarkdownLines) -> list[Line]:
    return [*lines.settled, *lines.tail()]


def fresh(text: str, layout: Layout) -> list[Line]:
    lines = MarkdownLines(layout)
    lines.feed(text)
    return shown(lines)


@given(cut_texts(), WIDTHS)
@example((LONG, [LONG[:1], LONG[1:999], LONG[999:1001], LONG[1001:]]), 40)
@example(("`" + "x" * 5000, ["`" + "x" * 999, "x" * 4001]), 20)
@settings(max_examples=120, deadline=None)
def test_streamed_lines_equal_a_fresh_render_at_every_cut(cut: tuple[str, list[str]], width: int) -> None:
    whole, pieces = cut
    layout = Layout(width)
    lines = MarkdownLines(layout)
    so_far = ""
    for piece in pieces:
        lines.feed(piece)
        so_far += piece
        assert shown(lines) == fresh(so_far, layout)
    lines.finish()
    if lines.late_references is None:
        assert lines.settled == markdown_lines(whole, layout)


@given(cut_texts(), WIDTHS)
@settings(max_examples=60, deadline=None)
def test_settled_lines_never_change(cut: tuple[str, list[str]], width: int) -> None:
    lines = MarkdownLines(Layout(width))
    before: list[Line] = []
    for piece in cut[1]:
        lines.feed(piece)
        assert lines.settled[: len(before)] == before
        before = list(lines.settled)
    lines.finish()
    assert lines.settled[: len(before)] == before


@given(markdown, st.sampled_from([20, 40, 80, 117]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_line_is_wider_than_the_view(text: str, width: int, wrap_code: bool) -> None:
    from rich.cells import cell_len

    for line in markdown_lines(text, Layout(width, wrap_code)):
        assert cell_len(line.text) <= width, line.text


@given(st.text(max_size=300), st.integers(1, 60))
@settings(max_examples=120, deadline=None)
def test_any_text_at_all_becomes_lines_without_control_characters(text: str, width: int) -> None:
    for line in markdown_lines(text, Layout(width)):
        assert all(character >= " " and not "\x7f" <= character < "\xa0" for character in line.text)


def test_a_forward_reference_is_resolved_when_the_answer_is_complete() -> None:
    text = "See [the manual][m].\n\nMore.\n\n[m]: https://example.com/manual\n"
    lines = markdown_lines(text, Layout(80))
    assert lines[0].text == "See the manual (https://example.com/manual)."
    assert any(span.url == "https://example.com/manual" for span in lines[0].spans)


def test_a_reference_that_was_defined_before_is_resolved_while_it_streams() -> None:
    lines = MarkdownLines(Layout(80))
    lines.feed("[m]: https://example.com\n\nSee [the manual][m] and")
    assert lines.tail()[-1].text == "See [the manual][m] and" or lines.late_references is not None
