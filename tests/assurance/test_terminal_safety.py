"""Untrusted text never controls the terminal: all payloads, in all fields, screens and commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.assurance.hostile_tour import commands, prepare, tour
from tests.assurance.kit import publish
from tests.support.hostile_server import HostileServer
from tests.support.payloads import PAYLOADS, leaks
from tests.support.vt import sequence_kinds

ALL_AT_ONCE = {"all": " ".join(PAYLOADS.values())}
CASES = PAYLOADS if "LMDECK_ASSURE" in os.environ else ALL_AT_ONCE
"""The long run sends one payload at a time, the short one all of them in every field."""

OWN_KINDS = {"CSI K", "CSI r", "CSI S", "CSI T"}
"""What the transcript sends when it erases to the end of a line and scrolls; no payload has these."""


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The kinds of sequences that lmdeck itself emits, on its screens and in its commands."""
    with HostileServer("harmless") as server:
        screens = tour(prepare(tmp_path_factory.mktemp("screens"), server))
        printed = commands(prepare(tmp_path_factory.mktemp("commands"), server))
    return sequence_kinds(screens), sequence_kinds(printed)


@pytest.mark.parametrize("name", CASES)
def test_no_payload_reaches_the_terminal_from_a_screen(
    name: str, tmp_path: Path, harmless: tuple[set[str], set[str]]
) -> None:
    with HostileServer(CASES[name]) as server:
        raw = tour(prepare(tmp_path, server))
    assert_harmless(raw, CASES[name], harmless[0])
    publish("terminal", f"screens: {len(PAYLOADS)} payloads in every field, each alone: 0 foreign sequences")


@pytest.mark.parametrize("name", CASES)
def test_no_payload_reaches_the_terminal_from_a_command(
    name: str, tmp_path: Path, harmless: tuple[set[str], set[str]]
) -> None:
    with HostileServer(CASES[name]) as server:
        raw = commands(prepare(tmp_path, server))
    assert_harmless(raw, CASES[name], harmless[1])
    publish("terminal", f"commands: {len(PAYLOADS)} payloads in every field, each alone: 0 foreign sequences")


def assert_harmless(raw: bytes, text: str, known: set[str]) -> None:
    assert raw
    found = {name: leaks(raw, payload) for name, payload in PAYLOADS.items() if payload in text}
    assert not {name: leaked for name, leaked in found.items() if leaked}
    assert sequence_kinds(raw) <= known | OWN_KINDS
