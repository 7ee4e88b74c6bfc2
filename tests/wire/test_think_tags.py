"""Reasoning in tags: all forms, split anywhere, and tags that are plain text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.events import AnswerDelta, ReasoningDelta, StreamEvent
from tui.core.fold import apply
from tui.core.parts import parts_of
from tui.core.turn import Turn
from tui.wire.think_tags import PAIRS, TagSplitter


def events_of(pieces: Iterable[str], *, fields: bool = False) -> list[StreamEvent]:
    splitter = TagSplitter()
    events = splitter.expect_fields() if fields else []
    for piece in pieces:
        events += splitter.feed(piece)
    return events + splitter.finish()


def split(*pieces: str, fields: bool = False) -> tuple[str, str]:
    turn = Turn("t", parts_of("p"))
    for event in events_of(pieces, fields=fields):
        apply(turn, event, 0.0)
    return turn.reasoning.text, turn.answer.text


HARMONY = (
    "<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>4 < 5<|return|>"
)

FORMS = [
    *((f"{opening}\nEasy.\n{closing}\n\n4 < 5", ("Easy.", "4 < 5")) for opening, closing in PAIRS),
    *((f"Easy.\n{closing}\n\n4 < 5", ("Easy.", "4 < 5")) for _, closing in PAIRS),
    ("\n <think>Easy.</think>4", ("Easy.", "4")),
    ("<think>\n\n</think>\n\n4", ("", "4")),
    ("</think>\n\n4", ("", "4")),
    ("<think>cut off", ("cut off", "")),
    ("<think>cut </thi", ("cut </thi", "")),
    ("<think>a < b, c <t d</think>4", ("a < b, c <t d", "4")),
    ("<think>a" + " " * 600 + "b</think>4", ("a" + " " * 600 + "b", "4")),
    ("<think>a</think>b<think>c</think>", ("a", "b<think>c</think>")),
    ("Okay</think>4", ("Okay", "4")),
    ("Okay</think>", ("Okay", "")),
    ("<think", ("", "<think")),
    ("<thinker> is a word", ("", "<thinker> is a word")),
    ("plain", ("", "plain")),
    (" \n plain ", ("", " \n plain ")),
    (HARMONY, ("Easy.", "4 < 5")),
    ("<|start|>assistant" + HARMONY, ("Easy.", "4 < 5")),
    ("<|channel|>final<|message|>Only this", ("", "Only this")),
    ("<|channel|>final<|message|>a <| b", ("", "a <| b")),
]


@pytest.mark.parametrize(("content", "expected"), FORMS)
def test_splits_every_form_wherever_its_pieces_are_cut(content: str, expected: tuple[str, str]) -> None:
    assert split(content) == expected
    assert split(*content) == expected
    for cut in range(len(content)):
        assert split(content[:cut], content[cut:]) == expected


CODE = [
    "Use it so:\n```\n<think>\nhello\n</think>\n```\nDone.",
    "The model closes with `</think>` and answers.",
    "Models end thinking with </think> and then answer.",
    "```python\nre.split('</think>', text)\n```",
    "1. `<think>` opens\n2. `</think>` closes\n",
    'Write "</think>" at the end.',
    "Write [/THINK] or </think>, it does not matter.",
    "First <think> then </think>\nthat is all",
]


@pytest.mark.parametrize("content", CODE)
def test_tags_in_code_and_in_speech_are_text(content: str) -> None:
    assert split(content) == ("", content)
    assert split(*content) == ("", content)


def test_a_closing_tag_behind_much_white_space_is_found() -> None:
    reasoning, answer = split("<think>a", *" " * 600, "</th", "ink>4")
    assert (reasoning.strip(), answer) == ("a", "4")


def test_many_mentions_do_not_make_it_slow() -> None:
    content = "say `</think>` " * 2000
    assert split(*(content[start : start + 5] for start in range(0, len(content), 5))) == ("", content)


def test_closing_tags_are_text_where_the_reasoning_has_a_field_of_its_own() -> None:
    assert split("a\n</think>\n\nb", fields=True) == ("", "a\n</think>\n\nb")


def test_a_closing_tag_that_a_parser_left_at_the_start_is_dropped() -> None:
    assert split("</think>\n\nb", fields=True) == ("", "b")


@pytest.mark.parametrize("piece", ["Hello", "Hello world. ", "a < b and ", "x[1] = ", "a\n\n"])
def test_an_ordinary_answer_is_never_held_back(piece: str) -> None:
    assert TagSplitter().feed(piece) == [AnswerDelta(piece)]


def test_holds_back_only_what_may_be_a_tag() -> None:
    splitter = TagSplitter()
    assert splitter.feed("Hello </th") == [AnswerDelta("Hello ")]
    assert splitter.feed("ere>") == [AnswerDelta("</there>")]
    splitter = TagSplitter()
    assert splitter.feed("<think>\nIt is") == [ReasoningDelta("It is")]
    assert splitter.feed(" so. </thi") == [ReasoningDelta(" so.")]
    assert splitter.feed("s") == [ReasoningDelta(" </this")]


def test_a_tool_call_in_harmony_is_a_tool_call() -> None:
    turn = Turn("t", parts_of("p"))
    content = (
        "<|channel|>analysis<|message|>Look.<|end|><|start|>assistant<|channel|>commentary "
        'to=functions.query <|constrain|>json<|message|>{"a":1}<|call|>'
    )
    for event in events_of(content):
        apply(turn, event, 0.0)
    assert turn.reasoning.text == "Look."
    assert (turn.tool_calls[0].name, turn.tool_calls[0].arguments) == ("query", '{"a":1}')
    assert not turn.answer


def test_text_between_harmony_messages_is_not_lost() -> None:
    content = "<|channel|>analysis<|message|>a<|end|>The answer"
    assert split(content) == ("a", "The answer")


PIECES = st.sampled_from(
    [
        "<think>",
        "</think>",
        "<thi",
        "nk>",
        "[THINK]",
        "[/THINK]",
        "\n",
        " ",
        "text",
        "`",
        "```",
        "<|channel|>",
        "analysis",
        "final",
        "<|message|>",
        "<|end|>",
        "<|",
        "<",
        "◁think▷",
        "<|channel>thought",
        "<channel|>",
    ]
)


@given(st.lists(PIECES, max_size=14))
def test_the_result_does_not_depend_on_the_split(pieces: list[str]) -> None:
    content = "".join(pieces)
    whole = split(content)
    assert split(*content) == whole
    assert split(*pieces) == whole


@given(st.lists(PIECES, max_size=14))
def test_no_text_is_lost(pieces: list[str]) -> None:
    reasoning, answer = split("".join(pieces))
    assert (reasoning + answer).count("text") == pieces.count("text")
