"""How long a search in answers of 100,000 lines takes, and for how long it keeps the keyboard waiting.

``python -m tests.benchmarks.bench_search [--runs N]``. Of each shape of answer: what the first key of a
search costs, what each further key costs, and the longest time in one piece, in milliseconds (medians).
"""

from __future__ import annotations

import argparse
from statistics import median
from time import perf_counter

from tui.core.parts import parts_of
from tui.core.reasoning_view import ReasoningView
from tui.core.turn import Turn, TurnState
from tui.ui.transcript.document import View
from tui.ui.transcript.search import Search
from tui.ui.transcript.virtual_rows import VirtualRows

LINES = 100_000
QUERY = "054321"
SHAPES = {"paragraph": ("", "\n", ""), "paragraphs": ("", "\n\n", ""), "code": ("```\n", "\n", "\n```\n")}


def answered(shape: str) -> VirtualRows:
    """Return a conversation of one answer, drawn to its end."""
    before, between, after = SHAPES[shape]
    turn = Turn("1", parts_of("a question"))
    turn.answer.append(before + between.join(f"line {number:06d}" for number in range(LINES)) + after)
    turn.state = TurnState.DONE
    roll = VirtualRows(View(100), ReasoningView.LIVE)
    roll.show([turn])
    roll.render(0)
    while roll.documents[0].is_behind:
        roll.documents[0].advance()
    return roll


def typed(roll: VirtualRows) -> tuple[float, float, float, int]:
    """Return the milliseconds of the first key, of the others and of the longest step; and the matches."""
    search = Search(roll)
    keys: list[float] = []
    longest = 0.0
    for length in range(1, len(QUERY) + 1):
        begun = last = perf_counter()
        for _ in search.steps(QUERY[:length]):
            now = perf_counter()
            longest, last = max(longest, now - last), now
        search.move(-1)
        keys.append((perf_counter() - begun) * 1000)
    return keys[0], median(keys[1:]), longest * 1000, search.count


def main() -> None:
    """Measure each shape and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| answer | first key ms | further keys ms | longest step ms | matches |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for shape in SHAPES:
        roll = answered(shape)
        results = [typed(roll) for _ in range(runs)]
        first, further, longest = (median(result[place] for result in results) for place in range(3))
        print(f"| {shape} | {first:.0f} | {further:.0f} | {longest:.0f} | {results[0][3]} |")


if __name__ == "__main__":
    main()
