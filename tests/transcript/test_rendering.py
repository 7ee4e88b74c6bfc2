"""The rendering of each kind of block."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.finished_markdown import markdown_lines
from tests.transcript.transcript_host import done_turn
from tui.core.reasoning_view import ReasoningView
from tui.core.safe_text import safe_text
from tui.core.turn import TurnState
from tui.core.turn_summary import reasoning_title
from tui.core.usage import Usage
from tui.ui.transcript.cells import expand_tabs
from tui.ui.transcript.code import code_blocks
from tui.ui.transcript.decoration import foot_lines, head_lines
from tui.ui.transcript.document import TurnDocument, View
from tui.ui.transcript.highlight import Highlighter
from tui.ui.transcript.inline import inline_spans, readable_url
from tui.ui.transcript.lines import Attribute, Line, Role, Span
from tui.ui.transcript.offers import Offer, offer_at
from tui.ui.transcript.raw import RawLines
from tui.ui.transcript.render import Layout
from tui.ui.transcript.tables import SAMPLE_ROWS, column_widths


def shown(text: str, width: int = 60, *, wrap_code: bool = True) -> list[str]:
    return [line.text for line in markdown_lines(text, Layout(width, wrap_code))]


def roles(line: Line) -> list[tuple[str, Role]]:
    return [(span.text, Role(span.style & 0xFF)) for span in line.spans]


def test_blocks_of_code_are_numbered_from_the_second_one_on() -> None:
    text = "```python\na\n```\n\n- item\n\n  ```\n  b\n  ```\n\nthen\n\n    c\n"
    labels = [line for line in shown(text) if "╷" in line]
    assert labels == ["╷ python", "  ╷ code · 2", "╷ code · 3"]
    assert [*code_blocks(text).values()] == ["a", "b", "c"]
    reasoning = markdown_lines(text, Layout(60, base=Role.REASONING))
    assert not any("·" in line.text for line in reasoning)


def test_emphasis_is_an_attribute() -> None:
    spans = {span.text: span.style for span in inline_spans("a **b** *c* ~~d~~ ***e***")}
    assert spans["b"] & Attribute.BOLD
    assert spans["c"] & Attribute.ITALIC
    assert spans["d"] & Attribute.STRIKE
    assert spans["e"] & Attribute.BOLD
    assert spans["e"] & Attribute.ITALIC


def test_a_link_shows_its_address_and_a_bare_one_does_not_repeat_it() -> None:
    assert shown("[docs](https://example.com/a)") == ["docs (https://example.com/a)"]
    assert shown("<https://example.com>") == ["https://example.com"]
    assert shown("https://example.com") == ["https://example.com"]


def test_an_address_cannot_pass_for_another() -> None:
    assert readable_url("https://аpple.com/\u202e") == "https://%D0%B0pple.com/%E2%80%AE"


def test_images_are_text() -> None:
    assert shown("![a cat](http://x/c.png)") == ["[image: a cat] (http://x/c.png)"]


def test_formulas_and_html_are_shown_as_they_stand() -> None:
    assert shown("so $a_1 * b_1 * c$ and \\(x_1^2\\) holds") == ["so $a_1 * b_1 * c$ and \\(x_1^2\\) holds"]
    assert shown("$$\nx_1 * y_1\n$$") == ["$$", "x_1 * y_1", "$$"]
    assert shown("\\[\nx_1\n\\]\nnext") == ["\\[", "x_1", "\\]", "", "next"]
    assert shown("<details>\n  <b>*x*</b>\n</details>") == ["<details>", "  <b>*x*</b>", "</details>"]
    assert shown("costs $5 and $6") == ["costs $5 and $6"]


def test_a_character_reference_cannot_smuggle_a_control_character() -> None:
    assert shown("a &#x202e; b &#27;[2J &amp;") == ["a \ufffd b \ufffd[2J &"]


def test_lists_keep_their_markers_and_the_space_of_the_source() -> None:
    assert shown("- a\n- b\n\n  more\n- c") == ["• a", "• b", "", "  more", "• c"]
    assert shown("9. a\n10. b\n11. c") == ["9. a", "10. b", "11. c"]
    assert shown("1. a\n1. b") == ["1. a", "2. b"]
    assert shown("- a\n  - b\n    - c") == ["• a", "  ◦ b", "    ▪ c"]


def test_task_lists_have_boxes() -> None:
    assert shown("- [ ] todo\n- [x] done\n1. [x] first") == ["☐ todo", "☑ done", "", "1. ☑ first"]


def test_quotes_have_a_bar_on_every_line() -> None:
    assert shown("> a\n> b\n>\n> c") == ["▌ a b", "▌ ", "▌ c"]


def test_a_hard_break_breaks() -> None:
    assert shown("a  \nb\\\nc\nd") == ["a", "b", "c d"]


def test_a_table_is_aligned_and_its_cells_wrap() -> None:
    rows = shown("| n | text |\n|--:|:-:|\n| 1 | x |\n| 22 | some words to wrap |", 20)
    assert rows == [
        "  n │      text",
        "────┼───────────────",
        "  1 │       x",
        " 22 │ some words to",
        "    │      wrap",
    ]


def test_widths_of_a_long_table_are_fixed_by_its_first_rows() -> None:
    head = "| a | b |\n|---|---|\n" + "| x | y |\n" * SAMPLE_ROWS
    short, long = (
        shown(head + "| x | y |\n", 40),
        shown(head + "| x | y |\n" + "| wide | wider words than before |\n", 40),
    )
    assert long[: len(short)] == short


def test_columns_share_what_there_is() -> None:
    rows = [[inline_spans("a" * 5), inline_spans("b" * 50), inline_spans("c" * 50)]]
    assert column_widths(rows, 3, 46, fill=False) == [5, 18, 17]
    assert column_widths(rows, 3, 200, fill=False) == [5, 50, 50]
    assert sum(column_widths(rows, 3, 200, fill=True)) > 150


def test_long_code_lines_wrap_or_are_cut_with_a_mark() -> None:
    text = "```\n" + "x" * 30 + "\n```"
    assert shown(text, 20) == ["╷ code", "│ " + "x" * 18, "┊ " + "x" * 12, "╵ "]
    assert shown(text, 20, wrap_code=False) == ["╷ code", "│ " + "x" * 17 + "…", "╵ "]


def test_code_is_coloured_line_by_line_as_a_whole_would_be() -> None:
    lines = ["def f(x):  # why", '    """doc', "    return", '    """', "    return 'a'"]
    highlighter = Highlighter("python")
    styles = [{span.text.strip(): span.style for span in highlighter.spans(line)} for line in lines]
    assert styles[0]["def"] == Role.KEYWORD
    assert styles[0]["f"] == Role.FUNCTION
    assert styles[0]["# why"] == Role.COMMENT
    assert styles[2] == {"return": Role.STRING}
    assert styles[4]["return"] == Role.KEYWORD


def test_block_comments_go_on_to_their_end() -> None:
    highlighter = Highlighter("c")
    rows = [
        highlighter.spans(line)
        for line in ("int a; /* open", "return", "end */ int b;", 'char *s = "/* no";', "int c;")
    ]
    assert rows[1][0].style == Role.COMMENT
    assert rows[2][0] == ("end */", Role.COMMENT, "")
    assert any(span.style == Role.TYPE for span in rows[2])
    assert any(span.style == Role.TYPE for span in rows[4])


@pytest.mark.parametrize(
    "language", ["unknown", "", "text", "console", "html", "bash", "json", "diff", "pycon"]
)
def test_colours_never_change_the_code(language: str) -> None:
    highlighter = Highlighter(language)
    for line in ["<a b='c'>x</a>", "$ ls -l", '{"a": [1, null]}', "+added", ">>> x = 1", "", "\\", "'open"]:
        assert "".join(span.text for span in highlighter.spans(line)) == line


def test_block_ordinals_are_those_of_the_lines() -> None:
    text = "# h\n\np\n\n| a |\n|---|\n\n```\nfirst\n```\n\n- x\n\n  ```\n  second\n  ```\n\n---\n"
    lines = markdown_lines(text, Layout(60))
    for block, code in code_blocks(text).items():
        assert code.strip() in "".join(line.text for line in lines if line.block == block)


def test_the_raw_view_shows_every_character() -> None:
    raw = RawLines(40)
    raw.feed("*a*\x1b[2J\u202e\n  b\n👩\u200d💻")
    raw.finish()
    assert [line.text for line in raw.settled] == ["*a*‹U+001B›[2J‹U+202E›", "  b", "👩‹U+200D›💻"]


def test_a_prompt_keeps_its_indents_and_wraps_at_words() -> None:
    from tests.transcript.transcript_host import done_turn

    prompt = "def f():\n    return  1\n" + "word " * 8 + "end"
    rows = [line.text for line in head_lines(done_turn("t", "", prompt), 24, raw=False)]
    assert rows[:4] == ["┃ def f():", "┃     return  1", "┃ word word word word", "┃ word word word word"]


@given(st.text(" a.-\té\x1b", max_size=12))
def test_a_line_of_a_prompt_that_fits_stays_as_it_is(source: str) -> None:
    from tests.transcript.transcript_host import done_turn

    whole, turn = f"┃ {expand_tabs(safe_text(source))}|", done_turn("t", "", f"{source}|")
    for width in range(4, 40):
        rows = [line.text for line in head_lines(turn, width, raw=False, speaker=False)[:-1]]
        assert max(map(len, rows)) <= width
        assert (rows == [whole]) is (len(whole) <= width)


def test_line_ends_of_other_systems_are_line_ends() -> None:
    assert shown("a\r\n\r\n- b\r\n- c\r\n") == ["a", "", "• b", "• c"]


@pytest.mark.parametrize("speakers", [True, False])
@pytest.mark.parametrize("reasoning", ["", "Hm.", "Hm.\n\n"])
@pytest.mark.parametrize("answer", ["", "Because.", "Because.\n\n", " \n\n", "[a]: http://b.c"])
@pytest.mark.parametrize("state", [TurnState.STOPPED, TurnState.INTERRUPTED, TurnState.DONE])
def test_no_two_blank_rows_are_below_each_other(
    state: TurnState, answer: str, reasoning: str, speakers: bool
) -> None:
    turn = done_turn("t", answer, reasoning=reasoning)
    turn.state, turn.usage = state, Usage(12, 34, 5)
    document = TurnDocument(turn, ReasoningView.OPEN)
    document.render(View(60, speakers=speakers))
    lines = [document.line(row) for row in range(document.drawn_rows)]
    for row in range(document.reasoning_body_rows):
        lines[document.reasoning_start + 1 + row] = document.reasoning_line(row)
    if reasoning:
        lines[document.reasoning_start] = Line((Span("Thought", Role.NOTE),))
    is_blank = [line is None or not line.text.strip() for line in lines]
    assert not any(above and below for above, below in pairwise(is_blank))
    assert is_blank[-1], "a blank row ends it"


def test_decoration_says_how_a_turn_ended() -> None:
    from tui.core.failure import Failure
    from tui.core.turn import ToolCall
    from tui.core.usage import Source

    turn = done_turn("t", "answer\x1b[2J", reasoning="r" * 40)
    turn.usage = Usage(1200, 340, 30, source=Source.ESTIMATED)
    turn.thinking_seconds = 12.34
    turn.tool_calls[0] = ToolCall("look", '{"a": 1}')
    turn.notes.append("retried without stream_options")
    assert reasoning_title(turn) == "Thought 12.3 s · ~30 tokens"
    assert [line.text for line in head_lines(turn, 60, raw=False)] == ["┃ a question", "", "provider · model"]
    foot = [line.text for line in foot_lines(turn, 60)]
    assert '⚙ tool call, not run: look({"a": 1})' in foot
    assert "· retried without stream_options" in foot
    assert "⚠ 1 control character neutralised" in foot
    assert foot[-1] == "~340 tokens · of which reasoning ~30"
    turn.state, turn.failure = TurnState.FAILED, Failure("auth", "The key was refused.", "Check it.")
    offers = (Offer("diagnose", "/diagnose"), Offer("again", "/retry"))
    foot = [line.text for line in foot_lines(turn, 60, offers)]
    box = [row.strip("│ ") for row in foot if row.startswith("│")]
    assert box == ["✗ The key was refused.", "Check it.", "", "/diagnose · /retry"]
    assert foot[foot.index("╭" + "─" * 58 + "╮") + 1].startswith("│ ✗ The key was refused.")
    assert {len(row) for row in foot if row.startswith(("╭", "│", "╰"))} == {60}
    turn.state, turn.failure = TurnState.STOPPED, None
    ending, figures = foot_lines(turn, 60, offers)[-2:]
    assert ending.text == "Stopped by you.  /diagnose · /retry"
    assert [offer_at(ending, ending.text.index(word)) for word in ("/diagnose", "/retry", "Stopped")] == [
        "diagnose",
        "again",
        "",
    ]
    assert figures.text == foot[-1]


def test_the_raw_view_shows_invisible_characters_and_marks_without_end_as_their_numbers() -> None:
    raw = RawLines(40)
    raw.feed("a\u3164b\U000e0101c\u00add\ufe0f\n" + "e" + "\u0488" * 10)
    raw.finish()
    assert [line.text for line in raw.settled] == [
        "a‹U+3164›b‹U+E0101›c‹U+00AD›d‹U+FE0F›",
        "e" + "\u0488" * 8 + "‹U+0488›‹U+0488›",
    ]


def test_a_line_cut_within_a_word_keeps_its_joiners() -> None:
    """Lines are handled in pieces of 1,000 characters, here also between a letter and its joiner."""
    for shift in range(3):
        text = "x" * shift + "क्\u200dष" * 900
        found = "".join(line.text for line in markdown_lines(text, Layout(80)))
        assert "\ufffd" not in found
        assert found.count("\u200d") == 900
