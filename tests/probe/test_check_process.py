"""Some failures through ``lmdeck check --json``; ``make bench-diagnosis`` runs all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.catalogue_cases import CASES, KEY, Situation
from tests.support.check_runner import check_as_process
from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.json_schema import violations
from tui.core import diagnosis

SCHEMA = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())
CHOSEN = (
    "connection-refused",
    "auth",
    "unexpected-response",
    "model-not-found",
    "url-missing-v1",
    "tls-self-signed",
    "stream-truncated",
)


@pytest.mark.parametrize("label", CHOSEN)
def test_the_command_names_the_cause(label: str) -> None:
    (case,) = [known for known in CASES if known.label == label]
    with case.make() as situation:
        report = check_as_process(situation)
    assert list(violations(report, SCHEMA)) == []
    assert report["verdict"]["cause"] == case.cause
    assert report["exit_code"] == 1


def test_the_command_finds_nothing_wrong_where_nothing_is() -> None:
    with FaultServer(FakeApi(key=f"Bearer {KEY}")) as server:
        report = check_as_process(Situation(server.base_url, key=KEY))
    assert list(violations(report, SCHEMA)) == []
    assert report["ok"] is True
    assert report["verdict"] is None
    assert KEY not in json.dumps(report)
