"""Measures the program in a pseudo-terminal while an answer streams, beside floors of the same run.

``python -m tests.benchmarks.bench_transcript [--quick] [--runs N] [--only PART]``; PART is ``rates``,
``growth``, ``past``, ``start``, ``open``, ``memory`` or ``echo``. Figures are medians. Wall times move
with whatever else the machine does: trust the ratios to the floors.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import which
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.benchmarks.measure import Opened, Started, Streamed, opened, started, streamed  # noqa: E402
from tests.benchmarks.programs import CAT, EMPTY, LIST, LLM, OURS, STREAM, server  # noqa: E402

RATES = {50: 500, 200: 2000, 1000: 2000, 5000: 2000}
"""Tokens per second, and how many tokens are streamed at that rate."""
SHAPES = ("mixed", "list", "table", "code", "para")


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of what was measured."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def cell(value: float | None, digits: int = 2) -> str:
    """Return a figure for a table."""
    return "–" if value is None else f"{value:,.{digits}f}"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    lines = [f"\n### {title}\n", "| " + " | ".join(heads) + " |"]
    lines.append("| " + " | ".join("---" if index == 0 else "---:" for index in range(len(heads))) + " |")
    lines.extend("| " + " | ".join(row) + " |" for row in rows)
    print("\n".join(lines), flush=True)


def repeat(runs: int, measure: Callable[[], Streamed | None]) -> list[Streamed]:
    """Measure several times; runs whose end never showed are left out."""
    return [found for _ in range(runs) if (found := measure()) is not None]


def stream_row(label: str, found: Sequence[Streamed]) -> list[str]:
    """Return one row of the table of streams."""
    return [
        label,
        cell(middle([one.cpu_seconds for one in found])),
        cell(middle([one.bytes_written for one in found]), 0),
        cell(middle([one.frames_per_second for one in found]), 1),
        cell(middle([one.lag_ms for one in found]), 0),
        cell(middle([one.longest_gap_ms for one in found]), 0),
        cell(middle([one.peak_megabytes for one in found]), 0),
        str(len(found)),
    ]


STREAM_HEADS = (
    "program",
    "CPU s / 1k",
    "bytes / 1k",
    "frames/s",
    "lag ms",
    "longest gap ms",
    "peak MB",
    "runs",
)


def rates(base_url: str, runs: int, quick: bool) -> None:
    """Measure the rates, with both floors."""
    for rate, tokens in RATES.items():
        tokens = tokens // 2 if quick else tokens
        model = f"bench-n{tokens}-r{rate}"
        rows, cpu = [], {}
        peers = (CAT, STREAM, LLM) if which(LLM) else (CAT, STREAM)
        for name in (*peers, OURS):
            count = runs if name in (OURS, LLM) else max(1, runs // 2)
            found = repeat(count, lambda n=name, m=model, t=tokens: streamed(n, base_url, m, t))  # type: ignore[misc]
            rows.append(stream_row(name, found))
            cpu[name] = middle([one.cpu_seconds for one in found])
        ours, floor = cpu[OURS], cpu[STREAM]
        ratio = f", CPU {ours / floor:.3f} of the MarkdownStream app's" if ours and floor else ""
        table(f"{rate} tokens/s, {tokens} tokens{ratio}", STREAM_HEADS, rows)


def growth(base_url: str, runs: int, quick: bool) -> None:
    """Measure 1,000 tokens against 16,000, for each shape."""
    long = 4_000 if quick else 16_000
    for shape in SHAPES:
        rows, cpu = [], []
        for tokens in (1_000, long):
            model = f"bench-n{tokens}-r2000-{shape}"
            found = repeat(runs, lambda m=model, n=tokens: streamed(OURS, base_url, m, n))  # type: ignore[misc]
            rows.append(stream_row(f"{shape}, {tokens:,} tokens", found))
            cpu.append(middle([one.cpu_seconds for one in found]))
        ratio = f"{cpu[1] / cpu[0]:.2f}" if cpu[0] and cpu[1] else "–"
        table(f"{shape}: {long:,} tokens cost {ratio} × as much each as 1,000", STREAM_HEADS, rows)


def past(base_url: str, runs: int, quick: bool) -> None:
    """Measure the same answer after 500 past turns and after none."""
    turns = 100 if quick else 500
    rows, cpu = [], []
    for count in (0, turns):
        found = repeat(
            runs,
            lambda n=count: streamed(  # type: ignore[misc]
                OURS, base_url, "bench-n2000-r1000", 2_000, past_messages=2 * n
            ),
        )
        rows.append(stream_row(f"after {count} turns", found))
        cpu.append(middle([one.cpu_seconds for one in found]))
    ratio = f"{cpu[1] / cpu[0]:.2f}" if cpu[0] and cpu[1] else "–"
    table(f"The same answer after {turns} turns: {ratio} ×", STREAM_HEADS, rows)


def start(base_url: str, runs: int, quick: bool) -> None:
    """Measure starts and rest."""
    names = (EMPTY, STREAM, LIST, OURS)
    rows, times = [], {}
    rounds = [{name: started(name, base_url) for name in names} for _ in range(runs)]
    for name in names:
        found: list[Started] = [one[name] for one in rounds]
        times[name] = median(one.prompt_ms for one in found)
        rows.append(
            [
                name,
                cell(times[name], 0),
                cell(median(one.cpu_seconds for one in found)),
                cell(median(one.megabytes for one in found), 0),
                cell(median(one.idle_bytes_per_second for one in found), 0),
                cell(median(one.idle_cpu_percent for one in found)),
                cell(middle([one.first_request_ms for one in found]), 0),
            ]
        )
    heads = ("program", "prompt usable ms", "CPU s", "MB", "idle bytes/s", "idle CPU %", "Enter → request ms")
    chat, listed = (times[name] / times[EMPTY] for name in (OURS, LIST))
    table(f"Start of a chat: {chat:.2f} × an empty Textual app, of the list: {listed:.2f} ×", heads, rows)


def open_conversation(base_url: str, runs: int, quick: bool) -> None:
    """Measure how long it takes to open a long conversation."""
    rows = []
    for messages in (20, 100 if quick else 500, 2_000):
        found: list[Opened] = [opened(base_url, messages) for _ in range(runs)]
        rows.append(
            [
                f"{messages} messages",
                cell(middle([one.shown_ms for one in found]), 0),
                cell(median(one.cpu_seconds for one in found)),
                cell(median(one.megabytes for one in found), 0),
                cell(median(one.idle_bytes_per_second for one in found), 0),
                cell(median(one.idle_cpu_percent for one in found)),
            ]
        )
    table("Opening", ("conversation", "last line ms", "CPU s", "peak MB", "idle bytes/s", "idle CPU %"), rows)


def memory(base_url: str, runs: int, quick: bool) -> None:
    """Measure an answer of 200,000 characters."""
    tokens = 10_000 if quick else 50_000
    rows = []
    for shape in ("mixed", "para"):
        model = f"bench-n{tokens}-r5000-{shape}"
        rows.append(stream_row(shape, repeat(runs, lambda m=model: streamed(OURS, base_url, m, tokens))))  # type: ignore[misc]
    table(f"{tokens:,} tokens at 5,000/s", STREAM_HEADS, rows)


def echo(base_url: str, runs: int, quick: bool) -> None:
    """Measure keys typed while 1,000 tokens/s stream."""
    rows = []
    for name in (STREAM, OURS):
        found = repeat(
            runs,
            lambda n=name: streamed(n, base_url, "bench-n3000-r1000", 3_000, echo=True),  # type: ignore[misc]
        )
        times = [took for one in found for took in one.echo_ms]
        rows.append([name, cell(middle(times), 0), cell(max(times, default=None), 0), str(len(times))])
    table("Echo of a key while 1,000 tokens/s stream", ("program", "median ms", "worst ms", "keys"), rows)


PARTS: dict[str, Callable[[str, int, bool], None]] = {
    "rates": rates,
    "growth": growth,
    "past": past,
    "start": start,
    "open": open_conversation,
    "memory": memory,
    "echo": echo,
}


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run each, smaller answers")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=sorted(PARTS), action="append")
    arguments = parser.parse_args()
    runs = 1 if arguments.quick else arguments.runs
    with server() as base_url:
        for part in arguments.only or PARTS:
            PARTS[part](base_url, runs, arguments.quick)


if __name__ == "__main__":
    main()
