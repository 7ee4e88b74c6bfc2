"""Feeds hostile bytes to every reader of the wire for as long as asked: ``fuzz_wire.py SECONDS``.

The same properties as in the tests, with other examples each time; for half of the time, hostile responses,
head and body, to the whole client over a socket. Prints the seed first, so
that a finding can be had again: ``fuzz_wire.py SECONDS --seed N``. Ends with 1 on a finding.
"""

from __future__ import annotations

import argparse
import importlib
import random
import time
from collections.abc import Callable

from hypothesis import HealthCheck, seed, settings

from tests.fuzz.client_run import run_for

MODULES = (
    "test_wire_properties",
    "test_sse",
    "test_think_tags",
    "test_errors",
    "test_adaptation",
    "test_models",
    "test_fingerprint",
    "test_prometheus",
    "test_strict_json",
)
"""The modules beside ``tests/wire`` whose properties are run: every test of theirs that hypothesis drives."""

EXAMPLES = 500
"""Of each property before the next has its turn."""


def find_properties() -> list[Callable[[], None]]:
    """Return the properties, set to run without a time limit and without a memory of past examples."""
    quiet = settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    tests = [vars(importlib.import_module(f"tests.wire.{name}")) for name in MODULES]
    found = [test for names in tests for test in names.values() if hasattr(test, "hypothesis")]
    return [quiet(test) for test in found]


def fuzz(seconds: float, numbers: random.Random) -> int:
    """Run the properties in turns until the time is over; return how many examples they had."""
    properties = find_properties()
    count = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for check in properties:
            seed(numbers.getrandbits(64))(check)()
            count += EXAMPLES
            if time.monotonic() >= end:
                break
    return count


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("seconds", type=float, nargs="?", default=60.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    numbers = random.Random(arguments.seed)
    count = fuzz(arguments.seconds / 2, numbers)
    responses = run_for(arguments.seconds / 2, numbers)
    print(f"{count} examples and {responses} whole responses, nothing found")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
