"""How often each failure gets its right name: runs every case of the catalogue and prints what is confused.

python tests/benchmarks/bench_diagnosis.py            in this process, with short time limits
python tests/benchmarks/bench_diagnosis.py --process  through ``lmdeck check --json``, as people run it
"""

from __future__ import annotations

import asyncio
import sys
import textwrap
import time
from collections import Counter
from typing import Any

from tests.support.catalogue_cases import CASES, Case, Situation, has_ipv6
from tests.support.check_runner import check_as_process, check_situation
from tui.core.causes import CATALOGUE


def check_in_process(situation: Situation) -> dict[str, Any]:
    """Return the JSON of a check in this process."""
    return asyncio.run(check_situation(situation)).to_json()


def judge(case: Case, report: dict[str, Any]) -> str:
    """Return the cause that was named in place of the right one, or the right one."""
    named = [check["cause"] for check in report["checks"] if check["cause"]]
    verdict = report["verdict"]["cause"] if report["verdict"] else None
    if case.is_verdict:
        return verdict or "(none)"
    return case.cause if case.cause in named else (verdict or "(none)")


def count_bad_messages(report: dict[str, Any]) -> int:
    """Count sentences of the verdict that are empty or wider than two lines of 80 columns."""
    if report["verdict"] is None:
        return 0
    sentences = (report["verdict"]["title"], report["verdict"]["advice"])
    return sum(not text or len(textwrap.wrap(text, 80, break_on_hyphens=False)) > 2 for text in sentences)


def main() -> int:
    """Run the cases and print the matrix; the exit code is 1 where anything is confused."""
    as_process = "--process" in sys.argv[1:]
    check = check_as_process if as_process else check_in_process
    unusable = {"api"} if as_process else set()
    unusable |= set() if has_ipv6() else {"ipv6"}
    cases = [case for case in CASES if case.needs not in unusable]
    confused: Counter[tuple[str, str]] = Counter()
    bad_messages, unknown, seconds = 0, 0, 0.0
    for case in cases:
        with case.make() as situation:
            started = time.perf_counter()
            try:
                report = check(situation)
            except RuntimeError as error:
                confused[case.label, f"(crashed: {str(error)[-200:]})"] += 1
                continue
            seconds += time.perf_counter() - started
        named = judge(case, report)
        unknown += named not in CATALOGUE
        bad_messages += count_bad_messages(report)
        if named != case.cause:
            confused[case.label, named] += 1
    right = len(cases) - sum(confused.values())
    causes = len({case.cause for case in cases})
    print(f"cases {len(cases)}, causes {causes}, right {right} ({right / len(cases):.1%})")
    print(f"unknown {unknown}, empty or too wide messages {bad_messages}")
    print(f"{seconds / len(cases) * 1000:.0f} ms a case")
    print("confused:" if confused else "confused: none")
    for (label, named), count in confused.most_common():
        print(f"  {label:<40} named {named} ({count})")
    return 1 if confused or unknown or bad_messages else 0


if __name__ == "__main__":
    raise SystemExit(main())
