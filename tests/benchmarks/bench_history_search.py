"""How long a search of all saved conversations takes, and for how long it keeps the keyboard waiting.

``python -m tests.benchmarks.bench_history_search [--count N] [--kilobytes K] [--list]``. So many chats with
journals of that size; one word stands in the oldest alone, one in the newest alone, one in all of them. In
milliseconds: ``lmdeck history search`` in a process of its own until the first line and until its end, at
first without a cache; the same in one process; the list of conversations in a terminal of 120×40: a word
until its row is shown, and a key typed while a search runs until it is shown.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep

from tests.benchmarks.bench_conversations import environment_in
from tests.benchmarks.terminal import Program, echo_milliseconds
from tests.support.terminal import lmdeck, private_environment
from tui.core.query import read_query
from tui.runtime.history import Wanted
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.records import delta_record, encode_line, header_record

OLDEST, NEWEST, EVERY = "proxybuffering", "zebracrossing", "common"
OLDEST_TITLE = "Zyxwvut"
"""No cell of it is that of another title in its place: only cells that change are written."""
KEYS = "~^%@#$&{}|"
CLEAR = "\x15"
PIECE = 24
"""Characters of a line of a journal: what a server sends at once."""
SENTENCE = (
    "the server keeps a ring buffer of tokens and sends each chunk while nginx stream default value model "
    "answer request context window time error memory layer cache batch queue thread python import def"
)


def fill(folder: Path, count: int, size: int) -> int:
    """Write conversations as they are on disk; return their bytes."""
    folder.mkdir(mode=0o700, parents=True)
    choose, words, total = random.Random(1), SENTENCE.split(), 0
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        moment = (begun + timedelta(hours=number)).isoformat()
        identity = f"20260101-000000-{number:012x}"
        lines = [
            encode_line(header_record(identity, f"Chat number {number}" if number else OLDEST_TITLE, moment))
        ]
        length, turn = 0, 0
        while length < size:
            turn += 1
            name = f"t{turn}"
            head = {"record": "turn", "turn": name, "prompt": "How does it work?", "parent": None}
            head |= {"provider": "demo", "model": "demo-reasoner", "started_at": moment}
            if turn > 1:
                head["parent"] = f"t{turn - 1}"
            text = " ".join(choose.choices(words, k=1500))
            if turn == 1:
                special = OLDEST if number == 0 else NEWEST if number == count - 1 else ""
                text = f"{text} {EVERY} {special}"
            pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
            new = [encode_line(head), *(encode_line(delta_record(name, "answer", piece)) for piece in pieces)]
            new.append(encode_line({"record": "end", "turn": name, "state": "done"}))
            lines += new
            length += sum(map(len, new))
        data = b"".join(lines)
        (folder / f"{identity}.jsonl").write_bytes(data)
        total += len(data)
    return total


def command(environment: dict[str, str], word: str, *more: str) -> tuple[float, float]:
    """Search in a process of its own; return the milliseconds to the first line and to the end."""
    begun = perf_counter()
    arguments = [sys.executable, "-m", "tui", "history", "search", word, *more]
    with subprocess.Popen(
        arguments, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        first = perf_counter() - begun
        process.stdout.read()
    return first * 1000, (perf_counter() - begun) * 1000


def in_process(runtime: Runtime, word: str) -> tuple[float, float]:
    """Search here; return the milliseconds to the first hit and to the end."""
    history = runtime.chat_history
    listed = list(history.numbered(Wanted()))
    begun = perf_counter()
    first = 0.0
    for found in history.search(listed, read_query(word, datetime.now(UTC)), with_reasoning=False):
        if found is not None and not first:
            first = perf_counter() - begun
    return first * 1000, (perf_counter() - begun) * 1000


@contextmanager
def list_on_screen(environment: dict[str, str]) -> Iterator[Program]:
    """Open the list of conversations, its search box focused."""
    program = Program(lmdeck(), {**private_environment(Path(environment["HOME"])), **environment})
    try:
        program.wait_for_silence(1)
        program.type("h")
        program.wait_for_silence(1)
        program.type("/")
        program.wait_for_silence(0.5)
        yield program
    finally:
        program.close()


def until_row(program: Program, word: str) -> float:
    """Type a word; return the milliseconds until the oldest conversation is shown, which alone has it."""
    since, begun = len(program.chunks), monotonic()
    program.type(word)
    shown = program.when_shown(OLDEST_TITLE, 60, since=since)
    program.type(CLEAR)
    program.wait_for_silence(0.5)
    if shown is None:
        raise TimeoutError("the oldest conversation was not found")
    return (shown - begun) * 1000


def keys_in_search(program: Program, seconds_before: float) -> tuple[list[float], list[float]]:
    """Return the milliseconds of keys, each typed so long after a search for a letter of every line began.

    First those that passed, which depend on what else the machine does, then those that the program worked.
    """
    passed: list[float] = []
    worked: list[float] = []
    for key in KEYS:
        if seconds_before:
            program.type("e")
            sleep(seconds_before)
        begun = program.worked_milliseconds()
        echo = echo_milliseconds(program, key)
        worked.append(program.worked_milliseconds() - begun)
        if echo is None:
            raise TimeoutError("a key was not shown")
        passed.append(echo)
        program.type(CLEAR)
        program.wait_for_silence(0.5)
    return passed, worked


def print_searches(environment: dict[str, str], runtime: Runtime) -> None:
    """Measure searches in processes of their own and in this one."""
    print("| search | first line ms | end ms |\n| --- | ---: | ---: |")
    for title, word, *more in (
        ("command, nothing cached", NEWEST),
        ("command, word of the newest", NEWEST),
        ("command, word of the oldest", OLDEST),
        ("command, word of all, 20 of them", EVERY, "--limit", "20"),
    ):
        first, end = command(environment, word, *more)
        print(f"| {title} | {first:,.0f} | {end:,.0f} |", flush=True)
    for title, word in (("newest", NEWEST), ("oldest", OLDEST), ("none", "nowhere"), ("all", EVERY)):
        in_process(runtime, word)
        first, end = in_process(runtime, word)
        print(f"| one process, word of {title} | {first:,.0f} | {end:,.0f} |", flush=True)


def main() -> None:
    """Measure and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=120)
    parser.add_argument("--list", action="store_true", help="measure only the list on a screen")
    options = parser.parse_args()
    with TemporaryDirectory() as home:
        environment = environment_in(Path(home))
        runtime = open_runtime(environment)
        paths = runtime.paths
        total = fill(paths.conversations_dir, options.count, options.kilobytes * 1000)
        print(f"{options.count:,} conversations, {total / 1e6:.0f} MB\n")
        if options.list:
            in_process(runtime, EVERY)
        else:
            print_searches(environment, runtime)
        print("\n| list on a screen | median ms | longest ms |\n| --- | ---: | ---: |")
        with list_on_screen(environment) as program:
            rows = [until_row(program, OLDEST) for _ in range(5)]
            _print_row("word typed at once until the oldest is shown", rows)
            for seconds in (0, 0.1, 0.3, 0.6, 1.0):
                when = f"{seconds:.1f} s into a search" if seconds else "no search runs"
                passed, worked = keys_in_search(program, seconds)
                _print_row(f"key until it is shown, {when}", passed)
                _print_row("of these the program worked", worked)


def _print_row(title: str, times: list[float]) -> None:
    print(f"| {title} | {median(times):.0f} | {max(times):.0f} |", flush=True)


if __name__ == "__main__":
    main()
