"""A stored key without a provider: reported, never shown or sent, and removable."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.assurance.kit import deck
from tests.support.commands import Call
from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, heads, replying
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import resolve_paths
from tui.ui.providers.screen import ProvidersScreen

KEY = "sk-left-0123456789abcdef"
NAMES = (
    "old",
    "a b",
    "-x",
    "--yes",
    "'; touch pwned; '",
    "$(touch pwned)",
    "ünï",
    "x" * 90,
    "Old",
    "demo",
    "main",
)
"""A name of nobody, odd ones, a built-in one, and one of a provider that takes its key from elsewhere."""
COMMANDS = (
    ("providers", "list"),
    ("providers", "list", "--json"),
    ("providers", "show", "main"),
    ("providers", "export", "--with-keys"),
    ("paths",),
    ("check", "main"),
    ("ask", "hello"),
    ("ask", "hello", "--json"),
)


def store(home: Path, name: str) -> CredentialStore:
    credentials = CredentialStore(resolve_paths({"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}))
    credentials.put(name, Secret(KEY))
    return credentials


def advised(text: str) -> list[str]:
    """Return the command that a notice advises, as a shell reads it."""
    found = re.search(r"Delete it with: lmdeck (.*)$", text, re.MULTILINE)
    assert found, text
    return shlex.split(found[1])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_told_and_what_is_advised_removes_it_alone(call: Call, home: Path, name: str) -> None:
    deck(home, "http://127.0.0.1:9/v1", api_key="env:NO_SUCH")
    credentials = store(home, name)
    listed = call("providers", "list")
    assert listed.code == 0
    assert "but no provider uses it" in listed.err
    before = call("providers", "list", "--json").json
    removed = call(*advised(listed.err))
    assert removed.code == 0, removed.err
    assert removed.out == f"Deleted the stored key of {name}. No provider used it.\n"
    assert credentials.names() == frozenset()
    again = call("providers", "list")
    assert "but no provider uses it" not in again.err
    assert call("providers", "list", "--json").json == before
    assert call(*advised(listed.err)).out == f"{name} has no stored key.\n"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_shows_or_sends_it(call: Call, home: Path, command: tuple[str, ...]) -> None:
    with FaultServer(FakeApi(chat=replying(f"It may be {KEY}."))) as server:
        deck(home, server.base_url)
        store(home, "old")
        done = call(*command)
        assert done.code == 0, done.err
        assert KEY not in done.out + done.err
        assert all("authorization" not in head.lower() for head in heads(server))


@pytest.mark.parametrize("name", ["\x1b[2Jevil", "a\nb", "‮live", ""])
def test_a_name_that_nobody_can_type_is_shown_safe(call: Call, home: Path, name: str) -> None:
    deck(home, "http://127.0.0.1:9/v1")
    credentials = store(home, name)
    listed = call("providers", "list")
    assert listed.code == 0
    assert "Delete it from credentials.toml by hand." in listed.err
    assert len(listed.err.splitlines()) == 1
    assert "\x1b" not in listed.err
    assert call("forget", "keys", "--yes").code == 0
    assert credentials.names() == frozenset()


def test_of_several_each_is_named_in_turn(call: Call, home: Path) -> None:
    deck(home, "http://127.0.0.1:9/v1")
    for name in "abcde":
        credentials = store(home, name)
    assert "a, b, c and 2 more" in call("providers", "list").err
    for name in "abcde":
        assert advised(call("providers", "list").err)[-1] == name
        assert call("providers", "remove", name).code == 0
    assert credentials.names() == frozenset()


def test_the_key_of_a_provider_can_be_removed_alone(call: Call, home: Path) -> None:
    deck(home, "http://127.0.0.1:9/v1", api_key="stored")
    credentials = store(home, "main")
    assert "but no provider uses it" not in call("providers", "list").err
    done = call("providers", "remove", "main", "--only-key")
    assert (done.code, done.out) == (0, "Deleted the stored key of main. The provider has no key now.\n")
    assert credentials.names() == frozenset()
    assert call("providers", "show", "main").code == 0


def test_no_key_is_removed_from_a_file_that_cannot_be_used(call: Call, home: Path) -> None:
    deck(home, "http://127.0.0.1:9/v1")
    file = home / "config" / "lmdeck" / "credentials.toml"
    file.write_text("broken [")
    done = call("providers", "remove", "old", "--only-key")
    assert done.code == 2
    assert "credentials.toml" in done.err
    assert file.read_text() == "broken ["


async def test_the_list_says_so(tmp_path: Path) -> None:
    real = RealDeck(tmp_path / "home")
    real.settings("check_reachability = false\n")
    real.provider("http://127.0.0.1:9/v1")
    store(real.home, "old")
    async with real.opened(size=(160, 30)) as opened:
        opened.screen(ProvidersScreen)
        await opened.until(lambda: "A key is stored for old, but no provider uses it." in opened.text)
        assert "lmdeck providers remove --only-key old" in opened.text
        assert KEY not in opened.text
