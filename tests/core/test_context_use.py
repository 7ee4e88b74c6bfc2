"""Context use: the server's counts are used unchanged, the rest is estimated and marked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.core.context_use import ANSWER, ContextUse, context_use
from tui.core.parts import FilePart, ImagePart, Parts, TextPart, parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Source, Usage, estimate_tokens


def turn(prompt: str, answer: str, usage: Usage | None = None, **changes: Any) -> Turn:
    made = Turn(
        prompt, parts_of(prompt), "main", "m", state=TurnState.DONE, usage=usage, answer=TextBuffer(answer)
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def use(turns: list[Turn], draft: str | Parts = "", **options: Any) -> ContextUse:
    return context_use(turns, parts_of(draft), provider="main", model="m", **options)


def test_nothing_takes_nothing() -> None:
    assert use([]) == ContextUse(0)
    assert use([turn("never answered", "", state=TurnState.FAILED)]).used == 0


def test_what_the_server_counted_is_taken_as_it_is() -> None:
    turns = [turn("x" * 400, "y" * 400, Usage(1000, 500)), turn("x" * 400, "y" * 400, Usage(2500, 700))]
    assert use(turns).used == 2500 + 700 + 4


def test_reasoning_is_not_sent_again() -> None:
    thought = turn("a", "b" * 40, Usage(100, 500, 450), reasoning=TextBuffer("hm " * 300))
    assert use([thought]).used == 100 + 50 + 4
    uncounted = turn("a", "b" * 40, Usage(100, 500), reasoning=TextBuffer("hm " * 300))
    assert use([uncounted]).used < 100 + 500


def test_the_guess_is_stretched_as_the_last_request_was() -> None:
    counted = turn("x" * 400, "y" * 40, Usage(208, 10))  # 104 by our own count
    (plain, stretched) = use([], "z" * 400).draft, use([counted], "z" * 400).draft
    assert (plain, stretched) == (100, 200)
    later = turn("x" * 400, "y" * 400)
    assert use([counted, later]).used == 208 + 10 + 4 + 2 * (104 + 104)


def test_another_model_counts_otherwise() -> None:
    turns = [turn("x" * 400, "y" * 400, Usage(1000, 500), model="another")]
    assert use(turns).used == 104 + 104
    estimated = [turn("x" * 400, "y" * 400, Usage(1000, 500, source=Source.ESTIMATED))]
    assert use(estimated).used == 104 + 104


def test_a_count_that_cannot_be_is_not_believed_for_the_rest() -> None:
    turns = [turn("x" * 400, "y", Usage(1, 1))]
    assert use(turns, "z" * 400).draft == 25


def test_the_system_prompt_of_now_counts() -> None:
    counted = turn("x" * 400, "y" * 400, Usage(1000, 96), settings={"system_prompt": "s" * 400})
    assert use([counted], system_prompt="s" * 400).used == 1100
    assert use([counted], system_prompt="").used < 1100
    assert use([], system_prompt="s" * 400).used == 104


def test_the_largest_come_first_and_what_is_too_much_is_told() -> None:
    turns = [turn("a", "b" * 400), turn("x" * 4000, "y" * 4000), turn("failed", "", state=TurnState.FAILED)]
    found = use(turns, "z" * 2000, window=2000)
    assert [share.number for share in found.shares] == [2, 0, 1]
    assert found.excess == found.used + found.draft - 2000 > 0
    assert use(turns, "z", window=None).excess == 0
    assert use(turns, window=1_000_000).excess == 0


def test_what_is_kept_for_the_answer_counts() -> None:
    assert use([], "x" * 400, window=500, answer=401).excess == 1
    assert use([], "x" * 400, window=500, answer=400).excess == 0
    assert use([], "x" * 400, window=500).excess == 0
    assert [share.number for share in use([], "x" * 400, window=500, answer=401).shares] == [ANSWER, 0]


def test_files_count_and_pictures_are_named_as_unknown() -> None:
    file, image = (
        FilePart("a" * 64, "f", "text/plain", 4000),
        ImagePart("b" * 64, "i", "image/png", 9_000_000),
    )
    assert use([], Parts((TextPart("x"), file))).draft == 1 + 1000
    assert not use([], Parts((TextPart("x"), file))).has_images
    assert use([], Parts((TextPart("x"), image))).has_images
    counted = turn("a", "b", Usage(2000, 5))
    counted.prompt = Parts((TextPart("x"), image))
    assert not use([counted]).has_images, "the server has counted that one"


def test_the_pictures_of_the_whole_request_count() -> None:
    """Those of earlier messages are sent again; those of a failed one are not."""
    picture = Parts((TextPart("x"), ImagePart("b" * 64, "i", "image/png", 6_000_000)))
    turns = [turn("a", "b"), turn("c", "d"), turn("e", "", state=TurnState.FAILED)]
    for each in turns:
        each.prompt = picture
    assert use(turns).image_bytes == 16_000_000
    assert not use(turns).is_heavy
    assert use(turns, picture).is_heavy


TURNS = st.lists(
    st.builds(
        turn,
        st.text(max_size=30),
        st.text(max_size=30),
        st.none() | st.builds(Usage, st.none() | st.integers(0, 9000), st.none() | st.integers(0, 9000)),
        state=st.sampled_from(TurnState),
    ),
    max_size=6,
)


@given(TURNS, st.text(max_size=50), st.none() | st.integers(1, 10_000))
def test_no_conversation_takes_less_than_nothing(turns: list[Turn], draft: str, window: int | None) -> None:
    found = use(turns, draft, window=window)
    assert found.used >= 0
    assert found.draft >= 0
    assert found.excess == max(0, found.used + found.draft - window) if window else found.excess == 0
    assert all(share.tokens > 0 for share in found.shares)
    assert (found.draft > 0) == bool(draft) or estimate_tokens(draft) == 0
