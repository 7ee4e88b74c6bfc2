"""How long a search of all saved conversations takes, and for how long it keeps the keyboard waiting.

``python -m tests.benchmarks.bench_history_search [--count N] [--kilobytes K]``. So many conversations with
journals of that size; one word stands in the oldest alone, one in the newest alone, one in all of them. In
milliseconds: ``lmdeck history search`` in a process of its own until the first line and until its end, at
first without a cache; the same in one process; the list of conversations in a terminal of 120×40: a word
until its row is shown, and a key typed while a search runs until it is shown.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks.bench_conversations import environment_in
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.query import read_query
from tui.runtime.history import Wanted
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.records import delta_record, encode_line, header_record

OLDEST, NEWEST, EVERY = "proxybuffering", "zebracrossing", "common"
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
        lines = [encode_line(header_record(identity, f"Chat number {number}", moment))]
        length, turn = 0, 0
        while length < size:
            turn += 1
            name = f"t{turn}"
            head = {"record": "turn", "turn": name, "prompt": "How does it work?", "parent": None}
            head |= {"provider": "demo", "model": "demo-reasoner", "started_at": moment}
            if turn > 1:
                head["parent"] = f"t{turn - 1}"
            text = " ".join(choose.choices(words, k=2000))
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


def on_screen(environment: dict[str, str], count: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds from a word of the oldest to its row, and of keys typed while a search runs."""
    hits: list[float] = []
    echoes: list[float] = []
    with TerminalProgram(
        lmdeck(), {**private_environment(Path(environment["HOME"])), **environment}
    ) as screen:
        screen.wait_for("Recent chats")
        screen.send("h")
        screen.wait_for(f"{count:,} ")
        screen.wait_for(f"Chat number {count - 1}")
        screen.send("/")
        screen.wait_for("Words in titles")
        for _ in range(5):
            begun = perf_counter()
            screen.send(OLDEST)
            screen.wait_for("Chat number 0 ")
            hits.append((perf_counter() - begun) * 1000)
            screen.send("\x15")
            screen.wait_for("Words in titles")
        for key in "~^%@#$&":
            screen.send("e")  # in every line: the search lasts seconds
            screen.wait_for("searched")
            begun = perf_counter()
            screen.send(key)
            screen.wait_for(re.escape(f"e{key}"))
            echoes.append((perf_counter() - begun) * 1000)
            screen.send("\x15")
            screen.wait_for("Words in titles")
    return hits, echoes


def main() -> None:
    """Measure and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=125)
    options = parser.parse_args()
    with TemporaryDirectory() as home:
        environment = environment_in(Path(home))
        runtime = open_runtime(environment)
        paths = runtime.paths
        total = fill(paths.conversations_dir, options.count, options.kilobytes * 1000)
        print(f"{options.count:,} conversations, {total / 1e6:.0f} MB\n")
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
        for title, times in zip(("oldest hit", "key"), on_screen(environment, options.count), strict=True):
            print(f"screen, {title}: {median(times):.0f} ms, at most {max(times):.0f} ms")


if __name__ == "__main__":
    main()
