"""How long the list of saved conversations takes to show its first rows, and each key of a search in it.

``python -m tests.benchmarks.bench_conversations [--count N]``. Real files and the real runtime on a screen of
120×40, in milliseconds: the first rows when no file was read before, the first rows later, the median and
the longest key of a search.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.runtime.runtime import Runtime, open_runtime
from tui.ui.app import LmdeckApp
from tui.ui.shell.row_list import RowList

QUERY = "chat 19 demo"


def environment_in(home: Path) -> dict[str, str]:
    """Return an environment whose files are all below one folder."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    return {"HOME": str(home), **{name: str(home / name.lower()) for name in names}}


def fill(runtime: Runtime, count: int) -> None:
    """Save conversations of two turns."""
    for number in range(count):
        turns = [
            Turn(
                f"t{place}",
                parts_of("a question"),
                provider="demo",
                model="demo-reasoner",
                state=TurnState.DONE,
                answer=TextBuffer("An answer of some length. " * 20),
            )
            for place in range(2)
        ]
        day = 1 + number % 28
        for turn in turns:
            turn.started_at = f"2024-{1 + number % 12:02}-{day:02}T12:{number % 60:02}:00+00:00"
        runtime.conversations.adopt(turns, f"Chat number {number}").close()


async def first_rows(app: LmdeckApp, wait: float = 0.001) -> float:
    """Open the list; return the milliseconds until a row is there."""
    begun = perf_counter()
    app.router.conversations()
    while not (app.screen.query(RowList) and app.screen.query_one(RowList).rows):
        await asyncio.sleep(wait)
    return (perf_counter() - begun) * 1000


async def measure(environment: dict[str, str]) -> tuple[float, float, list[float]]:
    """Return the first rows cold and warm, and the keys of a search."""
    app = LmdeckApp(open_runtime(environment), environment={})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        cold = await first_rows(app)
        await pilot.press("escape")
        await pilot.pause(0.2)
        warm = await first_rows(app)
        await pilot.press("slash")
        keys: list[float] = []
        for key in QUERY:
            begun = perf_counter()
            await pilot.press("space" if key == " " else key)
            keys.append((perf_counter() - begun) * 1000)
        return cold, warm, keys


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    count = parser.parse_args().count
    with TemporaryDirectory() as home:
        environment = environment_in(Path(home))
        runtime = open_runtime(environment)
        fill(runtime, count)
        runtime.paths.conversation_index_file.unlink(missing_ok=True)
        cold, warm, keys = asyncio.run(measure(environment))
    print("| conversations | first rows, cold ms | first rows ms | key ms | longest key ms |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(f"| {count:,} | {cold:.0f} | {warm:.0f} | {median(keys):.0f} | {max(keys):.0f} |")


if __name__ == "__main__":
    main()
