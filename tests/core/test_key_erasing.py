"""Erasing keys from a text, in all encodings, however the text is split."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import string
import threading
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from html.entities import html5
from itertools import pairwise
from typing import get_args
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.encodings import ENCODINGS
from tui.core.api_key_search import MASK, ApiKeyEraser, ApiKeySearch
from tui.core.escapes import Plain
from tui.core.events import (
    AnswerDelta,
    ChunkSeen,
    FiguresFollow,
    Finished,
    Identified,
    LostText,
    MalformedEvent,
    Note,
    PartsLearned,
    Progress,
    ReasoningDelta,
    Reclassified,
    ResponseStarted,
    ServerCostReport,
    StreamEvent,
    StreamFailed,
    TimingsReport,
    ToolCallDelta,
    UsageReport,
)
from tui.core.failure import Failure
from tui.core.fold import apply
from tui.core.parts import parts_of
from tui.core.phases import Learned
from tui.core.placeholders import is_placeholder, is_plain_word, is_real_key, is_searchable
from tui.core.redaction import ReplyRedactor
from tui.core.secret import Redactor, Secret
from tui.core.turn import TextBuffer, Turn
from tui.core.usage import ServerCost, ServerTimings, Usage

PLACEHOLDERS_TEXT = """
    ollama EMPTY empty lm-studio lmstudio LM_STUDIO token-abc123 abc123 not-needed NOT_NEEDED
    not-required no-key no-key-required sk-no-key-required sk-no-key sk-xxx sk-xxxxxxxxxxxxxxxx
    xxxxxxxxxxxx ******** none null NA dummy dummy-key fake fake-key sk-fake-key test test-key sk-test
    api-key api_key YOUR_API_KEY your-api-key-here <your-key> [API-KEY] changeme change-me password
    secret-key my-api-key insert-your-key-here sk-your-key-here any-key anything-here local-key
    openai-api-key unused ignored
"""
PLACEHOLDERS = PLACEHOLDERS_TEXT.split()
WORDS_TEXT = """
    elephant Elephant ELEPHANT password anything whatever placeholder localhost development internet
    background playground strength blockchain knowledge sunshine butterfly transformer mistaken
    embeddings completion assistant following questions
"""
WORDS = WORDS_TEXT.split()
REAL_TEXT = """
    sk-abcdef0123456789 hunter2hunter2 gsk_Zq81mVx0 0123456789 qzxkvbnw Tr0ub4dor AbCdEfGh
    correct-horse-battery-staple a1b2c3d4 sk-very-secret-key hf_QwErTyUiOpAsDfGh password1
    AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY ghp_16C7e42F292c6912E7710c838347Ae178B4a
    eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP/mB92K+27uhbUJU1p1r qwertzuiop
"""
REAL = REAL_TEXT.split()
SPEAKABLE = string.ascii_letters + string.digits + "-_./+=:~"
KEYS = st.text(alphabet=SPEAKABLE, min_size=8, max_size=48).filter(is_real_key)
ANY_KEYS = st.text(
    alphabet=string.ascii_letters + string.digits + string.punctuation, min_size=8, max_size=64
).filter(lambda key: is_real_key(key) and is_searchable(Plain(key).text))
AROUND = st.text(alphabet=st.sampled_from(" \n.,\"'(){}[]<>é中\\%&u0#;"), max_size=8)
encodings = pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS.keys())


def erased(redactor: Redactor, text: str, cuts: list[int] | None = None) -> str:
    """Erase from the text in the pieces between these places."""
    eraser = ApiKeyEraser()
    places = [0, *sorted(cut for cut in cuts or [] if cut < len(text)), len(text)]
    pieces = [eraser.feed(redactor.search, text[start:end])[0] for start, end in pairwise(places)]
    return "".join(pieces) + eraser.flush(redactor.search)[0]


# -- what is a real key -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", PLACEHOLDERS)
def test_a_placeholder_is_no_real_key(key: str) -> None:
    assert is_placeholder(key)
    assert not is_real_key(key)


@pytest.mark.parametrize("key", WORDS)
def test_a_word_of_the_dictionary_is_no_real_key(key: str) -> None:
    assert is_plain_word(key)
    assert not is_real_key(key)


@pytest.mark.parametrize("key", REAL)
def test_everything_else_of_eight_characters_is_a_real_key(key: str) -> None:
    assert is_real_key(key)


@pytest.mark.parametrize("key", ["", "abc", "x7", "s3cr3t!", "1234567"])
def test_a_key_below_eight_characters_is_none(key: str) -> None:
    assert not is_real_key(key)


@pytest.mark.parametrize("key", [*PLACEHOLDERS, *WORDS, "s3cr3t", "abcd"])
def test_what_is_no_real_key_stays_in_every_text(key: str) -> None:
    redactor = Redactor([Secret(key), Secret("sk-abcdef0123456789")])
    text = f"def {key}(): return '{key}'  # {json.dumps(key)} {quote(key)} {key}{key}"
    assert redactor.redact(text) == text
    assert erased(redactor, text, list(range(len(text)))) == text
    assert redactor.redact_bytes(text.encode()) == text.encode()


# -- where and how it is found ----------------------------------------------------------------------


@encodings
@pytest.mark.parametrize("key", REAL)
def test_a_real_key_is_erased_in_every_encoding(encode: Callable[[str], str], key: str) -> None:
    redactor = Redactor([Secret("sk-other-0123456789"), Secret(key)])
    text = f'{{"error": "wrong key {encode(key)}"}}'
    clean = redactor.redact(text)
    assert encode(key) not in clean
    assert MASK in clean
    assert clean.startswith('{"error": "wrong key ')
    assert clean.endswith('"}')


@encodings
@pytest.mark.parametrize(
    "key", ["000000'\\", 'abc"12345\\', "ab/c12345\\\\", "dbX3'\\%5e01\\", "40Zd\\%53c;a0", "a&#53;b%4a'c12"]
)
def test_a_key_with_the_marks_of_escapes_is_erased(encode: Callable[[str], str], key: str) -> None:
    redactor = Redactor([Secret(key)])
    text = f"say {encode(key)} x"
    for clean in (redactor.redact(text), erased(redactor, text, list(range(len(text))))):
        assert encode(key) not in clean
        assert MASK in clean


@settings(max_examples=400, deadline=None)
@given(
    encoding=st.sampled_from(list(ENCODINGS)),
    key=ANY_KEYS,
    before=AROUND,
    behind=AROUND,
    cuts=st.lists(st.integers(1, 400), max_size=6),
)
@example(encoding="bytearray", key="000000'\\", before="", behind="", cuts=[])
@example(encoding="bytearray", key="000000'\\", before="", behind="", cuts=[1] * 60)
def test_no_key_survives_in_any_encoding_however_it_is_cut(
    encoding: str, key: str, before: str, behind: str, cuts: list[int]
) -> None:
    encode = ENCODINGS[encoding]
    redactor = Redactor([Secret(key)])
    text = f"say {before} {encode(key)} {behind}"
    whole = redactor.redact(text)
    assert encode(key) not in whole
    assert MASK in whole
    clean = erased(redactor, text, cuts)
    assert encode(key) not in clean
    assert MASK in clean


@settings(deadline=None)
@given(key=KEYS, text=st.text(alphabet=SPEAKABLE + ' "\\%&;', max_size=60), cuts=st.lists(st.integers(1, 70)))
def test_pieces_are_erased_as_the_whole_is(key: str, text: str, cuts: list[int]) -> None:
    redactor = Redactor([Secret(key)])
    text = f"{text} {key} {text}"
    assert erased(redactor, text, cuts) == redactor.redact(text)


@settings(deadline=None)
@given(key=KEYS, text=st.text(max_size=80), cuts=st.lists(st.integers(1, 80)))
def test_a_text_without_the_key_is_not_changed(key: str, text: str, cuts: list[int]) -> None:
    assume(key not in text)
    redactor = Redactor([Secret(key)])
    assume(redactor.redact(text) == text)
    assert erased(redactor, text, cuts) == text


@settings(deadline=None)
@given(
    key=ANY_KEYS,
    before=st.binary(max_size=5),
    behind=st.binary(max_size=5),
    url_safe=st.booleans(),
)
@example(key="a1b2c3d", before=b"?", behind=b"?", url_safe=False)
@example(key="a1b2c3d4e", before=b"u:", behind=b"@", url_safe=True)
def test_base64_of_a_longer_text_gives_nothing_of_the_key_away(
    key: str, before: bytes, behind: bytes, url_safe: bool
) -> None:
    """All characters that stand for nothing but the key are erased."""
    assume(len(key) >= 8)
    whole = before + key.encode() + behind
    assume(whole.rfind(key.encode()) == len(before) == whole.find(key.encode()))
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    encoded = encode(whole).decode()
    first, last = -(-len(before) * 8 // 6), (len(before) + len(key)) * 8 // 6
    assert Redactor([Secret(key)]).redact(encoded) == encoded[:first] + MASK + encoded[last:]


@pytest.mark.parametrize("length", range(8, 14))
@pytest.mark.parametrize("shift", range(3))
def test_the_bounds_of_the_base64_needles(length: int, shift: int) -> None:
    """Whatever follows the key changes no character that is sought."""
    key = "Zq8-mVx0Rt7LkP"[:length]
    redactor = Redactor([Secret(key)])
    rests = set()
    for following in (b"", b"\0", b"\xff\xff", b"~~~"):
        clean = redactor.redact(base64.b64encode(b"x" * shift + key.encode() + following).decode())
        assert MASK in clean
        rests.add(clean.split(MASK)[0])
    assert len(rests) == 1


@pytest.mark.parametrize("key", ["abcd1234", "sk-very-secret-key", "00000000", "Tr0ub4dor"])
@pytest.mark.parametrize(("before", "behind"), [("x", ""), ("", "y"), ("1", "2"), ("Z", "z")])
def test_a_key_inside_a_longer_word_is_no_key(key: str, before: str, behind: str) -> None:
    text = f"a {before}{key}{behind} b"
    redactor = Redactor([Secret(key)])
    assert redactor.redact(text) == text
    for cut in range(len(text)):
        assert erased(redactor, text, [cut]) == text


@pytest.mark.parametrize(
    "around", ["", " ", "_", '"', "**", "密钥", "=", "/", "\n", "\\n", "%20", "&nbsp;", "."]
)
def test_a_key_is_a_whole_token_between_marks_and_other_scripts(around: str) -> None:
    redactor = Redactor([Secret("abcd1234")])
    text = f"a{around or ' '}abcd1234{around}"
    assert "abcd1234" not in redactor.redact(text)
    for cut in range(len(text)):
        assert "abcd1234" not in erased(redactor, text, [cut])


def test_a_long_and_mixed_key_is_erased_even_where_it_is_glued_to_a_word() -> None:
    key = "AIzaSyD9tSrke72PouQMnMX"
    assert Redactor([Secret(key)]).redact(f"x{key}y \x1b[0m{key}") == f"x{MASK}y \x1b[0m{MASK}"


def test_a_key_that_begins_another_one_leaves_nothing_of_the_longer() -> None:
    redactor = Redactor([Secret("abcd1234"), Secret("abcd1234-wxyz9876")])
    text = "abcd1234 and abcd1234-wxyz9876 and abcd1234-w"
    expected = f"{MASK} and {MASK} and {MASK}-w"
    assert redactor.redact(text) == expected
    for size in range(1, 9):
        assert erased(redactor, text, list(range(0, len(text), size))) == expected


def test_a_key_in_bytes_that_are_no_utf_8_is_erased_and_the_rest_kept() -> None:
    data = b'\xff\xfe {"key": "sk-abcdef\\/0123456789"} \xc3'
    assert Redactor([Secret("sk-abcdef/0123456789")]).redact_bytes(data) == (
        b'\xff\xfe {"key": "' + MASK.encode() + b'"} \xc3'
    )


# -- a key that is not whole ------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["sk-abcdef0123456789", "Tr0ub4dor", "correct-horse-battery-staple"])
def test_most_of_a_key_at_the_end_of_a_text_is_erased(key: str) -> None:
    """Where a stream breaks off, or an answer is cut."""
    redactor = Redactor([Secret(key)])
    for length in range(1, len(key)):
        text = f"the key {key[:length]}"
        gives_away = length >= 8 and length * 3 >= len(key) * 2
        expected = f"the key {MASK}" if gives_away else text
        assert redactor.redact(text) == expected
        assert erased(redactor, text, list(range(len(text)))) == expected


def test_most_of_a_key_counts_at_the_end_alone_and_behind_escapes() -> None:
    redactor = Redactor([Secret("sk-ab/cdef0123456789")])
    assert redactor.redact("sk-ab/cdef01234567 and more") == "sk-ab/cdef01234567 and more"
    assert redactor.redact("a sk-ab\\/cdef01234567") == f"a {MASK}"
    assert redactor.redact(base64.b64encode(b"sk-ab/cdef0123456").decode().rstrip("=")) == MASK


def test_a_word_that_a_key_begins_with_stays_at_the_end_of_a_text() -> None:
    redactor = Redactor([Secret("password1"), Secret("elephant-2")])
    for text in ("your password", "an elephant", "the passwor"):
        assert redactor.redact(text) == erased(redactor, text, list(range(len(text)))) == text


def test_the_end_of_a_longer_word_is_no_cut_key() -> None:
    redactor = Redactor([Secret("Zqstaplexy")])
    assert redactor.redact("a Zqstaplex") == f"a {MASK}"
    assert redactor.redact("a xZqstaplex") == "a xZqstaplex"


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_a_long_and_mixed_key_is_known_where_its_case_was_changed(change: Callable[[str], str]) -> None:
    """As names of hosts and headers are."""
    key = "sk-AbcDef0123456789"
    assert Redactor([Secret(key)]).redact(f"https://{change(key)}.example/") == f"https://{MASK}.example/"


# -- nothing waits for ever -------------------------------------------------------------------------


@pytest.mark.parametrize("endless", ["s", "\\", "%25", "&amp;", "sk-", "\\u00", "0", "&#0", "%"])
def test_what_waits_has_a_bound(endless: str) -> None:
    redactor = Redactor([Secret("sk-abcdef0123456789"), Secret("00000000")])
    eraser = ApiKeyEraser()
    text = ""
    for _ in range(300):
        text += eraser.feed(redactor.search, endless)[0]
        assert len(eraser.held) < 100
    text += eraser.flush(redactor.search)[0]
    assert text == endless * 300


def test_text_that_begins_no_key_does_not_wait() -> None:
    eraser, redactor = ApiKeyEraser(), Redactor([Secret("sk-abcdef0123456789")])
    for piece in ("Hello", " the", " wor", "ld", "\n", "d"):
        assert eraser.feed(redactor.search, piece)[0] == piece


def test_many_keys_cost_little_where_there_is_none() -> None:
    """A generous bound, for a quadratic mistake; 20 keys, 1 MB in pieces and at once, escapes included."""
    redactor = Redactor(Secret(f"sk-proj-{number:04}-Zq81mVx0Rt7Lk") for number in range(20))
    eraser = ApiKeyEraser()
    pieces = ["The \\frac{a}{b} of s", "k-pro", "gress & 20% ", "\\\\" * 20] * 2_000
    started = time.process_time()
    for piece in pieces:
        eraser.feed(redactor.search, piece)
    redactor.redact("".join(pieces) * 4)
    assert time.process_time() - started < 10


# -- replies ----------------------------------------------------------------------------------------


def folded(redactor: Redactor, events: list[StreamEvent]) -> Turn:
    turn, eraser = Turn("t", parts_of("p")), ReplyRedactor(redactor)
    for event in events:
        for clean in eraser.clean([event]):
            apply(turn, clean, 1.0)
    return turn


@settings(deadline=None)
@example(key="g0000000", size=1, kind=AnswerDelta)  # "n", of the escape before it, begins its Base64
@given(key=KEYS, size=st.integers(1, 30), kind=st.sampled_from([AnswerDelta, ReasoningDelta]))
def test_the_model_gets_its_own_words_back_and_a_person_sees_no_key(
    key: str, size: int, kind: type[AnswerDelta | ReasoningDelta]
) -> None:
    text = f"{MASK} the key {key} and\n\\n{key} in {json.dumps(key)}, {MASK}"
    events: list[StreamEvent] = [kind(text[start : start + size]) for start in range(0, len(text), size)]
    turn = folded(Redactor([Secret(key)]), [*events, Finished("stop")])
    buffer = turn.answer if kind is AnswerDelta else turn.reasoning
    assert buffer.text == Redactor([Secret(key)]).redact(text)
    assert buffer.as_received == text


NOISE: list[StreamEvent] = [
    Progress("keep-alive"),
    UsageReport(Usage(3, 4)),
    ChunkSeen(),
    Identified("m"),
    Note("n"),
    LostText("Something was lost."),
    MalformedEvent(1, "r", "e"),
    TimingsReport(ServerTimings()),
    PartsLearned(Learned()),
    FiguresFollow(lambda: asyncio.sleep(0, Learned())),
    ServerCostReport(ServerCost(Decimal(1), "USD", "usage.cost")),
    ResponseStarted(200),
]
"""Every event that neither is text nor ends it."""


@settings(max_examples=40, deadline=None)
@given(data=st.data(), key=KEYS, size=st.integers(3, 30))
def test_no_event_between_two_pieces_lets_a_cut_key_through(data: st.DataObject, key: str, size: int) -> None:
    """The pieces of answer, reasoning and two tool calls come in any mixture, other events between them."""
    text = f"the key {key}, and {key}."
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    makers: list[Callable[[str], StreamEvent]] = [
        AnswerDelta,
        ReasoningDelta,
        lambda piece: ToolCallDelta(0, "", piece),
        lambda piece: ToolCallDelta(1, "", piece),
    ]
    order = data.draw(st.permutations([number for number in range(4) for _ in pieces]))
    left = [list(map(maker, pieces)) for maker in makers]
    events: list[StreamEvent] = []
    for number in order:
        events += [left[number].pop(0), *data.draw(st.lists(st.sampled_from(NOISE), max_size=2))]
    turn = folded(Redactor([Secret(key)]), [*events, Finished("stop")])
    expected = f"the key {MASK}, and {MASK}."
    texts = [turn.answer.text, turn.reasoning.text, *(call.arguments for call in turn.tool_calls.values())]
    assert texts == [expected] * 4
    assert turn.answer.as_received == turn.reasoning.as_received == text


def test_every_event_is_either_a_text_an_end_or_tried_between_pieces() -> None:
    known = {type(event) for event in NOISE}
    known |= {AnswerDelta, ReasoningDelta, ToolCallDelta, Reclassified, Finished, StreamFailed}
    assert known == set(get_args(StreamEvent))


@pytest.mark.parametrize("to_answer", [True, False])
def test_reclassified_words_are_still_the_models_own(to_answer: bool) -> None:
    key = "sk-abcdef0123456789"
    kind: type[ReasoningDelta | AnswerDelta] = ReasoningDelta if to_answer else AnswerDelta
    texts = [f"  \n{key} one ", f"two {key}", "  "]
    turn = folded(
        Redactor([Secret(key)]),
        [
            *([] if to_answer else [ReasoningDelta(f"first {key} ")]),
            *(kind(text) for text in texts),
            Reclassified(to_answer=to_answer),
            AnswerDelta(f" {key}"),
            Finished("stop"),
        ],
    )
    joined = "".join(texts)
    if to_answer:
        assert turn.answer.as_received == joined.strip() + f" {key}"
        assert turn.reasoning.as_received == ""
    else:
        assert turn.reasoning.as_received == (f"first {key} " + joined).strip()
        assert turn.answer.as_received == f" {key}"
    assert key not in turn.answer.text + turn.reasoning.text


def test_a_replaced_text_has_no_words_of_the_one_before() -> None:
    buffer = TextBuffer()
    buffer.append(f"a {MASK}", ((2, "sk-abcdef0123456789"),))
    buffer.replace("other")
    assert buffer.as_received == "other"


def test_a_delta_shows_what_was_erased_to_nobody() -> None:
    delta = AnswerDelta(MASK, ((0, "sk-abcdef0123456789"),))
    assert "abcdef" not in repr(delta)
    assert delta == AnswerDelta(MASK)


def test_a_key_in_the_finish_reason_is_erased() -> None:
    key = "sk-abcdef0123456789"
    redactor = Redactor([Secret(key)])
    assert folded(redactor, [Finished(f"bad {key}")]).finish_reason == f"bad {MASK}"
    failure = Failure("auth", "t", "a")
    assert folded(redactor, [StreamFailed(failure, key)]).finish_reason == MASK


@settings(deadline=None)
@given(st.integers(1, 12))
def test_a_key_in_the_arguments_of_a_tool_call_is_erased(size: int) -> None:
    key = 'sk-"abc/def+0123456789'
    arguments = json.dumps({"key": key, "then": "more"})
    events: list[StreamEvent] = [ToolCallDelta(0, f"tool {key}", "")]
    events += [
        ToolCallDelta(0, "", arguments[start : start + size]) for start in range(0, len(arguments), size)
    ]
    turn = folded(Redactor([Secret(key)]), [*events, Finished("tool_calls")])
    assert json.loads(turn.tool_calls[0].arguments) == {"key": MASK, "then": "more"}
    assert turn.tool_calls[0].name == f"tool {MASK}"


def test_html_names_of_every_mark_are_known() -> None:
    """The names that the standard library knows for the characters of ASCII."""
    key = "Zq81" + string.punctuation + "mVx0"
    for name, value in html5.items():
        if len(value) == 1 and value in string.punctuation and name.endswith(";"):
            text = re.sub(re.escape(value), f"&{name}", key, count=1)
            assert Redactor([Secret(key)]).redact(f"<p>{text}</p>") == f"<p>{MASK}</p>", name


def test_a_key_learned_while_the_search_is_built_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    first, late = "sk-0001Qm3ZpV8nT4wXyB7cL2dK9fHs1aJ6", "sk-LATEQm3ZpV8nT4wXyB7cL2dK9fHs1aJ6"
    redactor, is_building, is_learned = Redactor([Secret(first)]), threading.Event(), threading.Event()

    class Slow(ApiKeySearch):
        def __init__(self, keys: Iterable[str]) -> None:
            super().__init__(keys)
            is_building.set()
            assert is_learned.wait(20)

    monkeypatch.setattr("tui.core.secret.ApiKeySearch", Slow)
    thread = threading.Thread(target=redactor.redact, args=("a text",))
    thread.start()
    assert is_building.wait(20)
    redactor.add(Secret(late))
    is_learned.set()
    thread.join()
    assert redactor.redact(f"{first} {late}") == f"{MASK} {MASK}"
