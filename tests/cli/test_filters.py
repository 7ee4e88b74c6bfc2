"""Filters with an unknown name fail, since an empty result would be misleading."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from tests.cli.test_costs_command import LINE, NOW
from tests.support.commands import Call
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.ledger_file import LedgerFile
from tui.store.paths import resolve_paths

URL = "http://127.0.0.1:9/v1"
FILTERS = {
    "costs": ("costs", "--provider", "NAME"),
    "costs by day": ("costs", "--by", "day", "--provider", "NAME", "--json"),
    "costs short": ("costs", "--short", "--provider", "NAME"),
    "list": ("history", "list", "--provider", "NAME"),
    "search": ("history", "search", "plans", "provider:NAME"),
}


@pytest.fixture
def used(call: Call, store: ConversationStore) -> Call:
    """A provider of now, one that only the ledger knows, and one that only a chat knows."""
    assert call("providers", "add", "qwen", "--url", URL, "--model", "m").code == 0
    LedgerFile(resolve_paths(os.environ).ledger_dir).append(replace(LINE, at=NOW, provider="old-gw"))
    journal = store.create("Plans")
    journal.write_turn(Turn("1", parts_of("My plans"), state=TurnState.DONE, provider="gone"))
    assert journal.close()
    return call


def filtered(used: Call, how: str, name: str) -> tuple[str, ...]:
    return tuple(word.replace("NAME", name) for word in FILTERS[how])


@pytest.mark.parametrize("how", FILTERS)
@pytest.mark.parametrize(("typed", "closest"), [("qwn", "qwen"), ("old-gv", "old-gw"), ("gon", "gone")])
def test_an_unknown_name_is_told_with_the_closest_one(used: Call, how: str, typed: str, closest: str) -> None:
    done = used(*filtered(used, how, typed))
    assert done.code == 2
    told = done.out + done.err
    assert f"no provider named {typed}" in told
    assert f"the closest is {closest}" in told


@pytest.mark.parametrize("how", FILTERS)
def test_a_name_that_nothing_is_like_is_told_without_one(used: Call, how: str) -> None:
    done = used(*filtered(used, how, "zzz"))
    assert (done.code, "closest" in done.out + done.err) == (2, False)


@pytest.mark.parametrize("how", FILTERS)
@pytest.mark.parametrize("name", ["qwen", "old-gw", "gone", "demo"])
def test_a_name_of_now_or_of_the_past_is_none_that_is_unknown(used: Call, how: str, name: str) -> None:
    has_chat = name == "gone" or how.startswith("costs")
    done = used(*filtered(used, how, name))
    assert done.code == (0 if has_chat else 1), done.err
    if not has_chat:
        assert done.out == "No chat matches.\n"


def test_a_name_is_found_in_another_normal_form(used: Call) -> None:
    assert used("costs", "--provider", "ｑｗｅｎ").code == 0
    assert used("history", "search", "plans", "provider:ｇｏｎｅ").code == 0


@pytest.mark.parametrize(
    "period",
    [
        ("--since", "2026-11-30", "--until", "2026-11-01"),
        ("--since", "1d", "--until", "3d"),
        ("--until", "2020-01-31"),
        ("--since", "2026-11-01T12:00", "--until", "2026-11-01T12:00"),
        ("--by", "day", "--until", "2020-01-31", "--csv"),
    ],
)
def test_a_period_that_ends_before_it_begins_is_wrong_usage(call: Call, period: tuple[str, ...]) -> None:
    done = call("costs", *period)
    assert (done.code, done.out) == (2, "")
    assert "the period begins" in done.err
    assert call("costs", "--since", "2026-11-01", "--until", "2026-11-01").code == 0
    assert call("costs", "--by", "month", "--until", "2020-01-31").code == 0
