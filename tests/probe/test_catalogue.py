"""Every failure that can be simulated on loopback gets its cause, with suitable words and no secret."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tests.support.catalogue_cases import CASES, KEY, Case, has_ipv6
from tests.support.check_runner import check_situation
from tests.support.json_schema import violations
from tui.core import diagnosis
from tui.core.diagnosis import CheckId
from tui.core.report_text import report_lines

SCHEMA = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
async def test_the_cause_is_named(case: Case) -> None:
    if case.needs == "ipv6" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with case.make() as situation:
        report = await check_situation(situation)
    named = [result.cause for result in report.results if result.cause is not None]
    shown = "\n".join(line.text for line in report_lines(report, verbose=True))
    if case.is_verdict:
        assert report.verdict is not None, shown
        assert report.verdict.cause == case.cause, shown
        is_before = report.verdict.id in (CheckId.URL, CheckId.ENVIRONMENT)
        assert report.exit_code == (2 if is_before and case.cause.startswith(("url-", "key-")) else 1)
    else:
        assert case.cause in named, shown
    for result in report.results:
        assert result.title, result
        for sentence in (result.title, result.advice):
            assert len(textwrap.wrap(sentence, 80, break_on_hyphens=False)) <= 2, sentence
    assert list(violations(report.to_json(), SCHEMA)) == []
    assert KEY not in shown + json.dumps(report.to_json()) + report.curl
