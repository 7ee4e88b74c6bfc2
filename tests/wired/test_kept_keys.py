"""A broken file of keys: the next key sets it aside, and messages about missing keys name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real_deck import OpenDeck, RealDeck
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen

LOST, READABLE, FRESH = "sk-lost-0123456789", "sk-readable-456789", "sk-fresh-987654321"


@pytest.fixture
def broken(deck: RealDeck) -> RealDeck:
    """Two providers with stored keys; of the file with them one line can be read."""
    for name in ("lost", "readable", "fresh"):
        deck.provider("http://127.0.0.1:9/v1", name, api_key="stored")
    file = deck.config / "credentials.toml"
    file.write_text(f'[keys]\nlost = "{LOST}\nreadable = "{READABLE}"\n')
    file.chmod(0o600)
    return deck


def kept(deck: RealDeck) -> Path:
    (file,) = deck.config.glob("credentials.toml.corrupt-*")
    return file


def add(deck: RealDeck) -> str:
    url = "http://127.0.0.1:9/v1"
    done = deck.run("providers", "add", "new", "--url", url, "--model", "m", "--key-stdin", stdin=FRESH)
    assert done.code == 0
    return done.err


def test_the_command_that_stores_a_key_names_the_kept_file_and_saves_the_rest(broken: RealDeck) -> None:
    said = add(broken)
    assert f"It was saved as {kept(broken).name}." in said
    assert "1 of its keys stays in use. Copy a missing key from there, or enter it again." in said
    assert said.count("note: ") == 1
    keys = {entry["name"]: entry for entry in broken.run("providers", "list", "--json").json["providers"]}
    assert set(keys) >= {"lost", "readable", "new"}
    assert READABLE[-4:] in broken.run("providers", "show", "readable").out
    assert LOST in kept(broken).read_text()


@pytest.mark.parametrize(
    "arguments", [("providers", "list"), ("check", "lost"), ("ask", "-p", "lost", "hi")], ids=lambda a: a[0]
)
def test_every_later_command_names_the_kept_file_and_what_to_do(
    broken: RealDeck, arguments: tuple[str, ...]
) -> None:
    add(broken)
    done = broken.run(*arguments)
    said = " ".join((done.out + done.err).split())
    assert kept(broken).name in said
    assert "copy it from" in said
    assert "enter i" in said
    assert LOST not in said


def test_nothing_is_said_of_it_where_no_key_is_missing(broken: RealDeck) -> None:
    add(broken)
    file = broken.config / "credentials.toml"
    file.write_text(f'{file.read_text()}lost = "{LOST}"\nfresh = "{FRESH}"\n')
    done = broken.run("providers", "list")
    assert "corrupt" not in done.out + done.err


async def test_the_screens_name_the_kept_file(broken: RealDeck) -> None:
    async with broken.opened(size=(120, 40)) as opened:
        await opened.until(lambda: "credentials.toml" in opened.text, "the list says what is wrong")
        await store(opened, "fresh")
        await opened.until(lambda: kept(broken).name in opened.toasts, "a toast names it")
        await opened.until(lambda: kept(broken).name in flat(opened), "the list names it")
    async with broken.opened(size=(120, 40)) as opened:
        await opened.until(lambda: kept(broken).name in flat(opened), "so does the list, opened later")
        await edit(opened, "lost")
        await opened.pilot.resize_terminal(118, 40)  # without the pane beside the rows
        await opened.until(
            lambda: "The stored key is missing." in opened.text and kept(broken).name in flat(opened)
        )
        assert "is missing is stored" not in opened.text


def flat(opened: OpenDeck) -> str:
    return "".join(line.strip() for line in opened.text.splitlines())


async def edit(opened: OpenDeck, name: str) -> ProviderFormScreen:
    opened.screen(ProvidersScreen).table.rearrange(name)
    await opened.press("e")
    await opened.until(lambda: isinstance(opened.app.screen, ProviderFormScreen))
    return opened.screen(ProviderFormScreen)


async def store(opened: OpenDeck, name: str) -> None:
    form = await edit(opened, name)
    form.row("api_key").editor.focus()
    await opened.press("end", "ctrl+u", *FRESH, "f2")
    await opened.until(lambda: isinstance(opened.app.screen, ProvidersScreen) or "Allow" in opened.text)
    if "Allow" in opened.text:
        await opened.press("enter")
