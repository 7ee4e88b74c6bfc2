"""Errors on stderr are never cut: a terminal wraps them, and logs have room."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.support.commands import Call
from tui.cli.output import Output
from tui.core.causes import CATALOGUE, Cause, explain

CAUSES = sorted(CATALOGUE.values(), key=lambda cause: cause.identifier)
LONG = " ".join(f"word{number}" for number in range(60))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.identifier)
def test_no_fact_of_an_error_is_cut(cause: Cause) -> None:
    facts: dict[str, Any] = {
        name: f"{name} {LONG}" for name in cause.facts if name not in ("status", "server_message")
    }
    printed = io.StringIO()
    output = Output(stdout=io.StringIO(), stderr=printed, environment={})
    output.failure(explain(cause.identifier, status=503, server_message=LONG, **facts))
    shown = [fact for name, fact in facts.items() if f"{name} word0" in printed.getvalue()]
    assert all(fact in printed.getvalue() for fact in shown)
    assert "…" not in printed.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "hi", "-p", LONG.replace(" ", "-")),
        ("ask", "hi", "-f", f"/no/such/folder/{LONG.replace(' ', '/')}"),
    ],
    ids=["name", "file"],
)
def test_a_long_name_is_told_whole_in_a_narrow_pipe(program: Call, arguments: tuple[str, ...]) -> None:
    assert arguments[-1] in program(*arguments, COLUMNS="40").err
