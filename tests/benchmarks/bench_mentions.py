"""How long it takes from an ``@`` in the prompt until the first files are suggested, in a large tree.

``python -m tests.benchmarks.bench_mentions [--files N] [--runs N]``. An empty chat in a terminal of 120×40,
opened anew for each run, in a folder with so many files, tracked by git or not. In milliseconds: until a file
of the folder itself is shown, and what the program worked until then.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from tests.benchmarks.bench_conversations import environment_in
from tests.benchmarks.terminal import Program
from tests.support.terminal import lmdeck, private_environment

FIRST = "AAA-first.txt"
IN_A_FOLDER = 500


def fill(root: Path, files: int) -> None:
    """Write empty files, so many a folder."""
    for number in range(files // IN_A_FOLDER):
        folder = root / f"part{number // 20:02}" / f"folder{number:04}"
        folder.mkdir(parents=True)
        for file in range(IN_A_FOLDER):
            (folder / f"module_{file:03}.py").touch()
    (root / FIRST).touch()


def track(root: Path) -> None:
    """Have git track all of it."""
    for arguments in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *arguments], cwd=root, check=True, stdin=subprocess.DEVNULL)


def first_suggestion(command: Sequence[str], root: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Open a chat in the folder and type ``@``; return what passed and what was worked."""
    program = Program(["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(root), *command], environment)
    try:
        program.wait_for_silence(1.5)
        begun, worked, since = monotonic(), program.worked_milliseconds(), len(program.chunks)
        program.type("@")
        shown = program.when_shown(FIRST, 20, since=since)
        if shown is None:
            raise TimeoutError("no file was suggested")
        return (shown - begun) * 1000, program.worked_milliseconds() - worked
    finally:
        program.close()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with TemporaryDirectory() as place:
        root, home = Path(place) / "tree", Path(place) / "home"
        home.mkdir()
        fill(root, options.files)
        environment = {**private_environment(home), **environment_in(home)}
        print("| first suggestion | median ms | longest ms | worked ms |\n| --- | ---: | ---: | ---: |")
        for is_tracked in (False, True):
            if is_tracked:
                track(root)
            found = [first_suggestion(lmdeck("chat"), root, environment) for _ in range(options.runs)]
            passed, worked = zip(*found, strict=True)
            title = "tracked by git" if is_tracked else "no git"
            print(
                f"| {title} | {median(passed):.0f} | {max(passed):.0f} | {median(worked):.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
