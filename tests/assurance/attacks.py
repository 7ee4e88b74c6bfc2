"""Hostile servers: answers that should freeze a client or exhaust its memory."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.fault_server import Connection, Fault
from tests.support.stream_samples import DONE, FINISH, delta, gzip_bomb

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Attack:
    """An answer, and how the turn must end."""

    answer: Fault
    state: str = "done"
    cause: str | None = None


ATTACKS: dict[str, Attack] = {}


def attack(name: str, state: str = "done", cause: str | None = None) -> Callable[[Fault], Fault]:
    """Register an attack under its name."""

    def register(answer: Fault) -> Fault:
        ATTACKS[name] = Attack(answer, state, cause)
        return answer

    return register


def _stream(connection: Connection, events: Iterator[bytes], *headers: str) -> None:
    """Send events until the client has had enough."""
    connection.read_request()
    connection.start_stream(*headers)
    with contextlib.suppress(OSError):
        connection.send_chunks(delta("It begins. "))
        for event in events:
            connection.send_chunks(event)
        connection.send(b"0\r\n\r\n")


def text_attack(
    name: str, text: str, piece: int = 20_000, state: str = "done", cause: str | None = None
) -> None:
    """Register an answer that is one long text, in pieces."""

    def answer(connection: Connection) -> None:
        pieces = (delta(text[start : start + piece]) for start in range(0, len(text), piece))
        _stream(connection, (event for part in (pieces, iter((FINISH, DONE))) for event in part))

    ATTACKS[name] = Attack(answer, state, cause)


@attack("one event of 100 MB", "failed", "answer-too-large")
def _huge_event(connection: Connection) -> None:
    def parts() -> Iterator[bytes]:
        yield b'data: {"choices":[{"index":0,"delta":{"content":"'
        for _ in range(100):
            yield b"a" * MEGABYTE

    _stream(connection, parts())


@attack("a line without an end", "failed", "answer-too-large")
def _endless_line(connection: Connection) -> None:
    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield b"a" * 65_536

    _stream(connection, parts())


@attack("a gzip bomb of 300 MB", "failed", "answer-too-large")
def _bomb(connection: Connection) -> None:
    connection.read_request()
    connection.start_stream("Content-Encoding: gzip")
    with contextlib.suppress(OSError):
        connection.send_chunks(gzip_bomb(300 * MEGABYTE))
        connection.send(b"0\r\n\r\n")


@attack("JSON of depth 100,000, twenty times")
def _deep(connection: Connection) -> None:
    deep = [b'data: {"choices":' + b"[" * 100_000 + b"\n\n", b"data: " + b'{"a":' * 100_000 + b"\n\n"]
    _stream(connection, iter([*deep * 10, delta("and ends"), FINISH, DONE]))


@attack("events without an end", "failed", "answer-too-large")
def _flood(connection: Connection) -> None:
    block = delta("word ") * 500

    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield block

    _stream(connection, parts())


@attack("comments without an end", "failed", "answer-too-large")
def _comments(connection: Connection) -> None:
    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield b": still here\n\n" * 4_000

    _stream(connection, parts())


@attack("10,000 tool calls")
def _tool_calls(connection: Connection) -> None:
    def calls() -> Iterator[bytes]:
        for start in range(0, 10_000, 50):
            entries = [
                {"index": index, "id": f"c{index}", "function": {"name": f"f{index}", "arguments": '{"a":1}'}}
                for index in range(start, start + 50)
            ]
            choice = {"index": 0, "delta": {"tool_calls": entries}}
            yield b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"
        yield FINISH
        yield DONE

    _stream(connection, calls())


@attack("8 MB of reasoning", "failed", "answer-too-large")
def _reasoning(connection: Connection) -> None:
    piece = delta("I think so. " * 2_000, field="reasoning_content")

    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield piece

    _stream(connection, parts())


text_attack(
    "a bomb of 60,000 links", "http://a. " * 20_000 + "[x](http://a.b/c) " * 20_000 + "<http://a.b> " * 20_000
)
text_attack("a million combining marks", "e" + "\u0301" * 1_000_000)
text_attack("100,000 brackets", "[" * 50_000 + "![" * 15_000 + "](" * 10_000)
text_attack("emphasis, 100,000 marks", "*a **b _c __d ~~e " * 12_000 + "*" * 20_000 + "`" * 20_001)
text_attack(
    "lists and quotes, 2,000 deep", "".join(f"{'  ' * n}- x\n" for n in range(2_000)) + ">" * 20_000 + " x\n"
)
text_attack("a table of 400,000 lines", "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 400_000, 50_000)
text_attack(
    "a table of 2,000 columns",
    ("| x " * 2_000 + "|\n" + "|---" * 2_000 + "|\n") + ("| y " * 2_000 + "|\n") * 30,
)
text_attack("a word of 4 MB", "x" * 4 * MEGABYTE, 50_000)
text_attack(
    "code of 100,000 lines", "```python\n" + "def f(x): return [x] * 2  # no\n" * 100_000 + "```\n", 50_000
)
text_attack("a string in code without an end", "```python\nx = '''" + "\\'(" * 100_000, 20_000)
text_attack("200,000 empty lines", "\n" * 200_000 + "end", 20_000)
text_attack("a link defined at the very end", "[see][x] and\n\n- more\n" * 30_000 + "\n[x]: http://a.b/c\n")
text_attack("3 MB, then the end of a thought", "I think so, 好的. " * 200_000 + "</think>" + "Yes. " * 20_000)


@attack("one tool call of 8 MB, letter by letter", "failed", "answer-too-large")
def _long_tool_call(connection: Connection) -> None:
    def piece(name: str) -> bytes:
        call = {"index": 0, "function": {"name": name, "arguments": "x" * 40}}
        choice = {"index": 0, "delta": {"tool_calls": [call]}}
        return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    block = (piece("a" * 40) + piece("b" * 41)) * 250

    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield block

    _stream(connection, parts())


@attack("events that are no JSON, without an end", "failed", "answer-too-large")
def _no_json(connection: Connection) -> None:
    def parts() -> Iterator[bytes]:
        while not connection.server.stopping.is_set():
            yield b"data: ?\n\n" * 5_000

    _stream(connection, parts())


@attack("HTTP chunks of one byte", "live")
def _tiny_chunks(connection: Connection) -> None:
    connection.read_request()
    connection.start_stream()
    block = b"".join(b"1\r\n%c\r\n" % byte for byte in delta("word ") * 100)
    with contextlib.suppress(OSError):
        while not connection.server.stopping.is_set():
            connection.send(block)
