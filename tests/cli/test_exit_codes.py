"""Failures have the same exit code in all commands, with and without ``--json``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.cli.test_common_promises import ARGUMENTS
from tests.support.commands import Call
from tui.cli.exit_codes import code_of_failure
from tui.core.causes import CATALOGUE, SECTIONS, explain
from tui.core.failure import LmdeckError, UsageError

URL = "http://127.0.0.1:9/v1"
OTHERS = {
    "chat": ("chat", "demo", "--plain"),
    "providers add": ("providers", "add", "new", "--url", URL, "--model", "m"),
    "providers set": ("providers", "set", "demo", "--temperature", "0"),
    "providers remove": ("providers", "remove", "demo"),
    "providers default": ("providers", "default", "demo"),
    "providers trust": ("providers", "trust"),
    "providers import": ("providers", "import", "x.json"),
    "providers export": ("providers", "export"),
    "history export": ("history", "export", "last"),
    "history import": ("history", "import", "x.json"),
    "history remove": ("history", "remove", "last"),
    "history restore": ("history", "restore"),
}
"""A call of each other command that opens the files of a user."""
CALLS = {**ARGUMENTS, **OTHERS}
NO_RUNTIME = {"paths"}
UNSET = "LMDECK_TEST_UNSET"
DISK = ("store-full", "store-read-only", "store-locked", "store-failed")


def wrong(cause: str) -> bool:
    """Whether a cause is one of the use or the configuration."""
    is_of_disk = cause in DISK or cause in ("internal", "interrupted", "engine-failed", "nothing-matches")
    is_ours = any(entry.identifier == cause for entry in SECTIONS["The program itself"])
    return cause.startswith(("url-", "key-")) or (is_ours and not is_of_disk)


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[LmdeckError], None]:
    """Have every command fail as it opens the files of the user."""
    for module in ("ask", "embed", "check", "discover", "costs", "runtime_action", "screens"):
        import_module(f"tui.cli.{module}")
    places = [
        name
        for name, module in sys.modules.items()
        if name.startswith("tui.cli.") and "open_runtime" in vars(module)
    ]

    def have(error: LmdeckError) -> None:
        def fail(_: object) -> None:
            raise error

        for place in places:
            monkeypatch.setattr(f"{place}.open_runtime", fail)

    return have


@pytest.mark.parametrize("command", sorted(set(CALLS) - NO_RUNTIME))
def test_the_code_of_a_failure_is_that_of_its_cause(
    call: Call, raising: Callable[[LmdeckError], None], command: str
) -> None:
    for cause in CATALOGUE:
        raising(LmdeckError(explain(cause)))
        expected = 2 if wrong(cause) else 1
        assert call(*CALLS[command]).code == expected, cause
        if command in ARGUMENTS:
            done = call(*CALLS[command], "--json")
            assert done.code == expected, cause
            assert (done.json["schema_version"], done.json["ok"]) == (1, False)
            assert done.err == ""


def test_a_cause_that_the_use_decides_is_wrong_usage_everywhere(
    call: Call, raising: Callable[[LmdeckError], None]
) -> None:
    raising(UsageError(explain("store-failed")))
    for command in sorted(set(CALLS) - NO_RUNTIME):
        assert call(*CALLS[command]).code == 2, command


def test_the_code_of_each_cause() -> None:
    codes = {cause: code_of_failure(explain(cause)) for cause in CATALOGUE}
    assert codes == {cause: 2 if wrong(cause) else 1 for cause in CATALOGUE}


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "hi", "-p", "keyed"),
        ("ask", "hi", "--url", URL, "-m", "m", "--key-env", UNSET),
        ("ask", "hi", "--url", URL, "--key-env", UNSET),
        ("embed", "hi", "-p", "vectors"),
        ("embed", "hi", "--url", URL, "-m", "m", "--key-env", UNSET),
        ("embed", "hi", "--url", URL, "--key-env", UNSET),
        ("check", "keyed"),
        ("check", URL, "-m", "m", "--key-env", UNSET),
    ],
    ids=" ".join,
)
def test_a_key_that_is_not_there_is_wrong_configuration(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.delenv(UNSET, raising=False)
    made = ("--url", URL, "--model", "m", "--key-env", UNSET)
    assert call("providers", "add", "keyed", *made).code == 0
    assert call("providers", "add", "vectors", *made, "--category", "Embedding").code == 0
    as_text, as_json = call(*arguments), call(*arguments, "--json")
    assert (as_text.code, as_json.code) == (2, 2)
    assert UNSET in as_text.out + as_text.err
    assert as_json.json["ok"] is False
