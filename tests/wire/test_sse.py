"""The event decoder: grammar, extensions for real servers, limits."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.wire.limits import Limits
from tui.wire.sse import LimitExceeded, ServerSentEvent, SseDecoder


def decode(*pieces: bytes, limits: Limits | None = None) -> list[ServerSentEvent]:
    decoder = SseDecoder(limits or Limits())
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.finish()


def texts(*pieces: bytes) -> list[str]:
    return [event.data for event in decode(*pieces) if not event.is_comment]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"data: one\n\ndata: two\n\n", ["one", "two"]),
        (b"data:one\n\n", ["one"]),
        (b"data:  one\n\n", [" one"]),
        (b"data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]),
        (b"data: one\r\rdata: two\r\r", ["one", "two"]),
        (b"data: one\r\n\rdata: two\n\r\n", ["one", "two"]),
        (b"\xef\xbb\xbfdata: one\n\n", ["one"]),
        (b"data: one\ndata: two\n\n", ["one\ntwo"]),
        (b"data\n\n", [""]),
        (b"\n\n\n\ndata: one\n\n\n\n", ["one"]),
        (b"id: 7\nretry: 10\nunknown: x\nnonsense\ndata: one\n\n", ["one"]),
        ("data: a\u2028b\u0085c\n\n".encode(), ["a\u2028b\u0085c"]),
        (b"data: \xff\xfe\n\n", ["\ufffd\ufffd"]),
        (b"data: no end", ["no end"]),
        (b"event: x\n\ndata: one\n\n", ["one"]),
        (b"", []),
    ],
)
def test_reads_the_grammar(data: bytes, expected: list[str]) -> None:
    assert texts(data) == expected


def test_names_events_and_keeps_identifiers() -> None:
    first, second = decode(b"event: error\nid: 7\nretry: 1500\ndata: x\n\ndata: y\n\n")
    assert first == ServerSentEvent("error", "x", "7")
    assert second == ServerSentEvent("message", "y", "7")


@pytest.mark.parametrize("line", ["id: a\0b", "retry: soon", "retry: 99999999999", "retry: ²"])
def test_ignores_bad_identifiers_and_retries(line: str) -> None:
    (event,) = decode(f"{line}\ndata: x\n\n".encode())
    assert event == ServerSentEvent("message", "x")


def test_gives_comments_as_signs_of_life() -> None:
    events = decode(b": keep-alive\n\n:\n: ping - now\ndata: x\n\n")
    assert [event.data for event in events if event.is_comment] == ["keep-alive", "", "ping - now"]


def test_reads_the_field_error_of_old_llama_cpp() -> None:
    (event,) = decode(b'error: {"code":500}\n\n')
    assert (event.event, event.data) == ("error", '{"code":500}')


def test_marks_an_event_that_the_end_cuts() -> None:
    whole, cut = decode(b"data: one\n\ndata: tw")
    assert (whole.is_complete, cut.is_complete) == (True, False)


def test_a_byte_order_mark_counts_at_the_start_only() -> None:
    assert texts(b"\xef\xbb", b"\xbfdata: a\n\ndata: \xef\xbb\xbfb\n\n") == ["a", "\ufeffb"]


FRAGMENTS = st.sampled_from(
    [
        b"data",
        b":",
        b" ",
        b"x",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"event: e",
        b"error:",
        b"\xef\xbb\xbf",
        b"id: 1",
        b"\xe4\xbd\xa0",
        b"\xff",
        b"retry: 5",
        b": c",
        b"\xe2\x80\xa8",
        b"{}",
        b"{",
        b"[{",
        b"[DONE]",
    ]
)


@given(st.lists(FRAGMENTS, max_size=30), st.lists(st.integers(0, 80), max_size=6))
def test_every_split_gives_the_same_events(fragments: list[bytes], cuts: list[int]) -> None:
    data = b"".join(fragments)
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    whole = decode(data)
    assert decode(*pieces) == whole
    assert decode(*(data[place : place + 1] for place in range(len(data)))) == whole


SMALL = Limits(line=20, event=30)


@pytest.mark.parametrize(
    "data",
    [b"data: " + b"x" * 20, b"data: " + b"x" * 20 + b"\n\n", b"data: 123456789012\n" * 3, b":" + b"c" * 30],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_refuses_what_is_too_large_and_keeps_what_came_before(data: bytes, size: int) -> None:
    data = b"data: before\n\n" + data
    decoder = SseDecoder(SMALL)
    came: list[ServerSentEvent] = []
    with pytest.raises(LimitExceeded) as caught:
        for start in range(0, len(data), size):
            came += decoder.feed(data[start : start + size])
    came += caught.value.events
    assert [event.data for event in came] == ["before"]
    assert caught.value.cause == "answer-too-large"


def test_an_endless_line_in_single_bytes_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        decoder = SseDecoder()
        started = time.process_time()
        for _ in range(count):
            decoder.feed(b"x")
        return time.process_time() - started

    seconds(1000)
    assert seconds(200_000) < 40 * max(seconds(20_000), 0.002)
