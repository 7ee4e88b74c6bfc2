"""A growing text: in whatever pieces, it reads and counts as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core import turn as turn_module
from tui.core.safe_text import NeutralisedCount, count_neutralised
from tui.core.turn import TextBuffer, ToolCall
from tui.core.usage import estimate_tokens

TEXT = st.text(alphabet=st.sampled_from("ab \r\n中\u0301\x1b\u202e"), max_size=30)


@given(st.lists(TEXT, max_size=40), st.integers(1, 4), st.integers(1, 40), st.data())
def test_a_buffer_is_the_text_of_its_pieces(
    pieces: list[str], most: int, block: int, data: st.DataObject
) -> None:
    before = turn_module._MOST_PIECES, turn_module._BLOCK_CHARACTERS
    turn_module._MOST_PIECES, turn_module._BLOCK_CHARACTERS = most, block
    try:
        buffer = TextBuffer(pieces[0] if pieces else "")
        for piece in pieces[1:]:
            buffer.append(piece)
        whole = "".join(pieces)
        offset = data.draw(st.integers(0, len(whole) + 2))
        limit = data.draw(st.one_of(st.none(), st.integers(0, 50)))
        expected = whole[offset:] if limit is None else whole[offset : offset + limit]
        assert buffer.since(offset, limit) == expected
        assert (len(buffer), bool(buffer)) == (len(whole), bool(whole))
        assert buffer.tokens == estimate_tokens(whole)
        assert buffer.neutralised == count_neutralised(whole)
        assert buffer.text == whole
        assert buffer.since(offset, limit) == expected
    finally:
        turn_module._MOST_PIECES, turn_module._BLOCK_CHARACTERS = before


def test_a_million_small_pieces_are_kept_as_few_blocks() -> None:
    buffer = TextBuffer()
    for _ in range(100_000):
        buffer.append("word ")
    assert len(buffer._blocks) <= 100_000 * 5 // turn_module._BLOCK_CHARACTERS * 2 + 1
    assert len(buffer._recent) < turn_module._MOST_PIECES


def test_a_replaced_text_is_counted_anew() -> None:
    buffer = TextBuffer("\x1b中")
    assert (buffer.tokens, buffer.neutralised) == (2, 1)
    generation = buffer.generation
    buffer.replace("abcde")
    assert (buffer.text, buffer.tokens, buffer.neutralised) == ("abcde", 2, 0)
    assert buffer.generation == generation + 1


@given(st.lists(TEXT, max_size=10))
def test_control_characters_are_counted_however_they_are_cut(pieces: list[str]) -> None:
    count = NeutralisedCount()
    for piece in pieces:
        count.feed(piece)
    assert count.total == count_neutralised("".join(pieces))


def test_a_tool_call_takes_its_arguments_without_copying_what_it_has() -> None:
    call = ToolCall()
    for _ in range(1_000):
        call.add("find", "x")
    assert len(call._arguments) == 1_001
    assert call == ToolCall("find", "x" * 1_000)
    assert call != ToolCall("find", "")
    assert repr(ToolCall("f", "{}")) == "ToolCall('f', '{}')"


def test_a_name_in_pieces_grows_and_a_repeated_one_does_not() -> None:
    call = ToolCall()
    for name in ("look", "look", "_up", "", "look_up"):
        call.add(name, "")
    assert call.name == "look_up"


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4))
def test_a_text_that_moves_behind_another_is_stripped_and_counted(left: list[str], right: list[str]) -> None:
    target, source = TextBuffer(), TextBuffer()
    for piece in left:
        target.append(piece)
    for piece in right:
        source.append(piece)
    generations = target.generation, source.generation
    whole = "".join([*left, *right]).strip()
    source.move_to(target)
    assert (target.text, source.text, len(source)) == (whole, "", 0)
    assert (target.tokens, target.neutralised) == (estimate_tokens(whole), count_neutralised(whole))
    assert (source.tokens, source.neutralised) == (0, 0)
    assert target.generation > generations[0]
    assert source.generation > generations[1]
    target.append("中\x1b")
    assert target.text == whole + "中\x1b"
    assert target.since(len(whole)) == "中\x1b"
    assert target.tokens == estimate_tokens(whole + "中\x1b")


def test_a_moved_text_is_not_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    target, source = TextBuffer(), TextBuffer()
    source.append("  " + "word " * 100_000)
    assert source.tokens
    counted: list[int] = []

    def count(text: str) -> int:
        counted.append(len(text))
        return 0

    monkeypatch.setattr(turn_module, "count_wide", count)
    source.move_to(target)
    assert target.tokens == estimate_tokens(("word " * 100_000).strip())
    assert counted == [2, 1]
