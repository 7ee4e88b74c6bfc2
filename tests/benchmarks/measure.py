"""The measurements: one streamed answer, a start, a conversation opened, a program at rest."""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.programs import LIST, LLM, OURS, running
from tests.benchmarks.terminal import Program, echo_milliseconds, wait_until

PROBES = "ßðþøæđħł"
"""Keys that no answer has in it."""
_FRAME_GAP_SECONDS = 0.008


@dataclass(frozen=True, slots=True)
class Streamed:
    """What one answer cost. Times in milliseconds, amounts per 1,000 tokens."""

    cpu_seconds: float
    bytes_written: float
    frames_per_second: float
    lag_ms: float | None
    longest_gap_ms: float
    first_request_ms: float
    peak_megabytes: float
    echo_ms: tuple[float, ...] = ()


def last_answer(base_url: str) -> dict[str, float]:
    """Return the schedule that the server kept for its newest answer."""
    parts = urlsplit(base_url)
    with urllib.request.urlopen(f"http://{parts.netloc}/bench/last", timeout=10) as response:
        found: dict[str, float] = json.load(response)
        return found


def wait_for_prompt(program: Program) -> float:
    """Return when the program showed a typed key: only then it is usable. The key is taken back."""
    sent = 0
    shown: float | None = None
    while shown is None and time.monotonic() < program.started_at + 20:
        program.type(PROBES[0])
        sent += 1
        shown = program.when_shown(PROBES[0], 0.015)
    if shown is None:
        raise TimeoutError("the prompt never echoed")
    for _ in range(sent):
        program.type("\x7f")
    program.wait_for_silence(0.3, 5)
    return shown


def stream(
    program: Program, base_url: str, nonce: str, tokens: int, *, timeout_seconds: float, echo: bool = False
) -> Streamed | None:
    """Ask once and measure until the end marker is visible; ``None`` where it never was."""
    program.type(f"go {nonce}")
    program.when_shown(nonce, 10)
    program.wait_for_silence(0.3, 3)
    cpu, written, first = program.cpu_seconds(), program.bytes_written, len(program.chunks)
    entered = time.monotonic()
    program.type("\r")
    echoes = _echoes(program, first) if echo else ()
    shown = program.when_shown(f"FIN{nonce}Z", timeout_seconds, since=first)
    program.wait_for_silence(0.5, 5)
    if shown is None:
        return None
    record = last_answer(base_url)
    begin, end = record["first_token_at"], record["last_token_at"]
    times = [chunk.at for chunk in program.chunks[first:] if begin <= chunk.at <= max(end, shown)]
    gaps = [after - before for before, after in pairwise(times)]
    frames = 1 + sum(gap > _FRAME_GAP_SECONDS for gap in gaps)
    thousands = tokens / 1000
    return Streamed(
        (program.cpu_seconds() - cpu) / thousands,
        (program.bytes_written - written) / thousands,
        frames / max(0.01, times[-1] - times[0]) if times else 0.0,
        (shown - end) * 1000,
        max(gaps, default=0.0) * 1000,
        (record["request_arrived_at"] - entered) * 1000,
        program.memory_megabytes("VmHWM"),
        echoes,
    )


def _echoes(program: Program, since: int) -> tuple[float, ...]:
    """Type keys while it streams; return how long each took to show."""
    wait_until(lambda: len(program.chunks) > since + 10, 10)
    found = []
    for key in PROBES[1:]:
        if (took := echo_milliseconds(program, key, 3)) is not None:
            found.append(took)
        time.sleep(0.11)
    return tuple(found)


def streamed(
    name: str,
    base_url: str,
    model: str,
    tokens: int,
    *,
    timeout_seconds: float = 120.0,
    echo: bool = False,
    past_messages: int = 0,
) -> Streamed | None:
    """Start a program, let it answer once to warm up, and measure one answer."""
    prepare = (
        (lambda home: write_conversation(home, past_messages, model, tokens=30)) if past_messages else None
    )
    with running(name, base_url, model, prepare) as program:
        if name == LLM:  # the terminal echoes long before it reads
            program.when_shown("> ", 30)
        else:
            wait_for_prompt(program)
        nonce = f"q{time.monotonic_ns() // 1000 % 10**8}"
        program.type(f"warm {nonce}\r")
        program.when_shown(f"FIN{nonce}Z", 30)
        program.wait_for_silence(0.6, 5)
        fresh = f"r{time.monotonic_ns() // 1000 % 10**8}"
        return stream(program, base_url, fresh, tokens, timeout_seconds=timeout_seconds, echo=echo)


@dataclass(frozen=True, slots=True)
class Started:
    """A start, and the program at rest after it."""

    prompt_ms: float
    cpu_seconds: float
    megabytes: float
    idle_bytes_per_second: float
    idle_cpu_percent: float
    first_request_ms: float | None


def started(name: str, base_url: str, *, rest_seconds: float = 3.0) -> Started:
    """Start a program, wait until its prompt takes keys, look at it at rest, then press the first Enter."""
    with running(name, base_url, "bench-n30-r0") as program:
        shown = program.when_shown("bench", 20) if name == LIST else wait_for_prompt(program)
        if shown is None:
            raise TimeoutError("the provider list never showed its provider")
        cpu = program.cpu_seconds()
        time.sleep(1.5)
        megabytes = program.memory_megabytes()
        idle = _idle(program, rest_seconds)
        request = _first_request(program, base_url) if name == OURS else None
        return Started((shown - program.started_at) * 1000, cpu, megabytes, *idle, request)


def _idle(program: Program, seconds: float) -> tuple[float, float]:
    cpu, written = program.cpu_seconds(), program.bytes_written
    time.sleep(seconds)
    used = program.cpu_seconds() - cpu
    return (program.bytes_written - written) / seconds, used / seconds * 100


def _first_request(program: Program, base_url: str) -> float | None:
    nonce = f"e{time.monotonic_ns() // 1000 % 10**8}"
    program.type(f"go {nonce}")
    program.wait_for_silence(0.3, 3)
    entered = time.monotonic()
    program.type("\r")
    if program.when_shown(f"FIN{nonce}Z", 20) is None:
        return None
    return (last_answer(base_url)["request_arrived_at"] - entered) * 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation opened."""

    shown_ms: float | None
    cpu_seconds: float
    megabytes: float
    idle_bytes_per_second: float
    idle_cpu_percent: float


def opened(base_url: str, messages: int, *, rest_seconds: float = 3.0) -> Opened:
    """Open a saved conversation; measure from the start of the program to its last line."""
    with running(OURS, base_url, "bench-n30-r0", lambda home: write_conversation(home, messages)) as program:
        shown = program.when_shown("FINlastZ", 60)
        cpu = program.cpu_seconds()
        time.sleep(1.5)
        idle = _idle(program, rest_seconds)
        took = None if shown is None else (shown - program.started_at) * 1000
        return Opened(took, cpu, program.memory_megabytes("VmHWM"), *idle)


def write_conversation(home: Path, messages: int, model: str = "bench-n30-r0", *, tokens: int = 300) -> str:
    """Save a conversation with answers of some tokens by a model; return its identity."""
    from tests.benchmarks.programs import environment
    from tui.core.parts import parts_of
    from tui.core.turn import TextBuffer, Turn, TurnState
    from tui.demo.bench_script import bench_script
    from tui.store.conversations import ConversationStore
    from tui.store.paths import resolve_paths

    script = bench_script(f"bench-n{tokens}-r0", "go x")
    assert script is not None
    text = "".join(script.answer)
    journal = ConversationStore(resolve_paths(environment(home))).create("a long conversation")
    count = messages // 2
    for number in range(count):
        marker = "last" if number == count - 1 else str(number)
        answer = text.replace(script.marker, f"FIN{marker}Z")
        turn = Turn(f"t{number}", parts_of(f"question number {number}?"), "bench", model)
        turn.state, turn.answer, turn.finish_reason = TurnState.DONE, TextBuffer(answer), "stop"
        journal.write_turn(turn)
    journal.close()
    return journal.identity
