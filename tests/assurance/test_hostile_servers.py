"""Hostile servers: memory stays bounded, keys respond, Esc works, the cause is reported."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.assurance.attacks import ATTACKS
from tests.assurance.kit import by_length, crash_reports, deck, publish
from tests.benchmarks.terminal import Program, echo_milliseconds, wait_until
from tests.support.fault_server import Answer, Connection, FaultServer
from tests.support.terminal import lmdeck
from tui.core.turn import Turn
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

SHORT = ("one event of 100 MB", "100,000 brackets", "a million combining marks")
NAMES = by_length(SHORT, tuple(ATTACKS))
PROBES = by_length(4, 60)
LEAST_PROBES = by_length(4, 30)
"""The attack may be over sooner: what it left is still being drawn."""
WATCH = Path(__file__).parent / "loop_watch"
BOUND_MEGABYTES = 250
"""What an attack may add to the memory of the program: an answer is at most 8 MB of text."""
LONGEST_ECHO_SECONDS = 20.0
ATTACK_SECONDS = 60.0
KEYS = [chr(code) for code in range(0x100, 0x250) if chr(code).isalpha()]
"""Letters that no attack has in it."""


@dataclass
class Course:
    """The effects of an attack on the program."""

    echoes: list[float] = field(default_factory=list)
    growth_megabytes: float = 0.0
    steps: list[tuple[float, float]] = field(default_factory=list)
    """The long steps of its event loop: milliseconds, and those of them that it had a processor."""

    @property
    def words(self) -> str:
        """The figures in words."""
        ordered = sorted(self.echoes)
        half = ordered[len(ordered) // 2]
        echo = f"key echo {half:.0f} ms at the median, {ordered[-1]:.0f} ms at most"
        longest = max((took for took, _ in self.steps), default=0)
        used = max((used for _, used in self.steps), default=0)
        steps = f"longest step {longest:.0f} ms, of the processor {used:.0f} ms"
        return f"{echo}; {steps}; +{self.growth_megabytes:.0f} MB"


@contextmanager
def opened(environment: dict[str, str], *arguments: str) -> Iterator[Program]:
    """A program on a terminal that only takes down what comes: nothing slows the measurement."""
    program = Program(lmdeck(*arguments), environment)
    try:
        yield program
    finally:
        program.close()


def watched(environment: dict[str, str], home: Path) -> dict[str, str]:
    """Return the environment in which the program takes down the long steps of its event loop."""
    return {**environment, "PYTHONPATH": str(WATCH), "LMDECK_LOOP_WATCH": str(home / "steps")}


def long_steps(home: Path, since: float) -> list[tuple[float, float]]:
    """Return the long steps that began after a moment, see ``Course``."""
    lines = (home / "steps").read_text().splitlines()
    steps = (tuple(float(word) for word in line.split()) for line in lines)
    return [(took, used) for begun, took, used in steps if begun >= since]


def shown(program: Program, text: str, since: int = 0, limit: float = 30.0) -> None:
    """Wait until a text is written."""
    tail = b"".join(chunk.data for chunk in program.chunks[-30:])[-3000:]
    assert program.when_shown(text, limit, since=since) is not None, (text, tail)


def saved_turn(environment: dict[str, str]) -> Turn | None:
    """Return the turn of the one conversation as it is on disk."""
    store = ConversationStore(resolve_paths(environment))
    for summary in store.listing.all():
        turns = store.open(summary.identity).turns
        return turns[-1] if turns else None
    return None


def has_ended(environment: dict[str, str]) -> bool:
    """Whether the end of the turn is on disk."""
    paths = resolve_paths(environment).conversations_dir.glob("*.jsonl")
    return any(b'{"record":"end"' in path.read_bytes() for path in paths)


def probe(program: Program, is_over: Callable[[], bool], keys: Iterator[str]) -> list[float]:
    """Type letters until the attack is over; return how long each took to show, in milliseconds."""
    echoes = []
    deadline = time.monotonic() + ATTACK_SECONDS
    for number in count():
        took = echo_milliseconds(program, next(keys), LONGEST_ECHO_SECONDS)
        assert took is not None, f"the keyboard was dead for {LONGEST_ECHO_SECONDS:.0f} seconds"
        echoes.append(took)
        if number >= PROBES or (number >= LEAST_PROBES - 1 and is_over()) or time.monotonic() > deadline:
            return echoes
        time.sleep(0.05)
    return echoes


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_in_an_answer(tmp_path: Path, name: str) -> None:
    attack = ATTACKS[name]

    def answer(connection: Connection) -> None:
        attack.answer(connection)

    keys = iter(KEYS * 20)
    with FaultServer(answer) as server:
        environment = watched(deck(tmp_path, server.base_url), tmp_path)
        with opened(environment, "chat", "main") as program:
            shown(program, "Enter to send")
            program.wait_for_silence(0.3)
            before, begun = program.memory_megabytes(), time.monotonic()
            program.type("attack\r")
            assert wait_until(lambda: b"POST" in b"".join(request[:4] for request in server.requests), 20)
            course = Course(probe(program, lambda: has_ended(environment), keys))
            if not has_ended(environment):
                program.type("\x1b")
            limit = time.monotonic() + ATTACK_SECONDS
            while not has_ended(environment):
                assert time.monotonic() < limit, "Esc did not end it"
                time.sleep(0.02)
            took = echo_milliseconds(program, next(keys), LONGEST_ECHO_SECONDS)
            assert took is not None, "no key is answered after the attack"
            course.growth_megabytes = program.memory_megabytes("VmHWM") - before
            course.steps = long_steps(tmp_path, begun)
    turn = saved_turn(environment)
    assert turn is not None
    ended = str(turn.state)
    if ended != "stopped":
        assert (ended, turn.failure.cause if turn.failure else None) == (attack.state, attack.cause)
    else:
        assert attack.state == "live" or course.echoes, "Esc ended it"
    assert course.growth_megabytes < BOUND_MEGABYTES
    assert crash_reports(tmp_path) == []
    publish("hostile", f"{name}: {course.words}; {attack.cause or ended}")


@pytest.mark.parametrize(
    ("models", "length"), by_length([(20_000, 30)], [(20_000, 30), (9_000, 500), (500_000, 200)])
)
def test_a_huge_list_of_models(tmp_path: Path, models: int, length: int) -> None:
    names = ({"id": f"{number:06}{'m' * length}"} for number in range(models))
    body = json.dumps({"object": "list", "data": list(names)}).encode()
    keys = iter(KEYS)
    with FaultServer(Answer(body)) as server:
        environment = watched(deck(tmp_path, server.base_url), tmp_path)
        with opened(environment, "chat", "main") as program:
            shown(program, "Enter to send")
            program.wait_for_silence(0.3)
            before, begun = program.memory_megabytes(), time.monotonic()
            program.type("\x1bOQ")
            shown(program, "Type part of a provider")
            course = Course(probe(program, lambda: False, keys))
            course.growth_megabytes = program.memory_megabytes("VmHWM") - before
            course.steps = long_steps(tmp_path, begun)
    assert course.growth_megabytes < BOUND_MEGABYTES
    assert crash_reports(tmp_path) == []
    publish("hostile", f"a list of {models:,} models, {len(body) / 1e6:.0f} MB: {course.words}")
