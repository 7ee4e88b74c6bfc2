"""Each line of ``lmdeck paths`` is a file that lmdeck really reads or writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck
from tui.core.failure import LmdeckError
from tui.runtime.builtin import ENGINE_NAME, BuiltIns
from tui.runtime.crash import report_crash
from tui.runtime.runtime import open_runtime
from tui.store.optional import OptionalFiles
from tui.store.paths import resolve_paths

KEY = "sk-private-4711-abcd"
Act = Callable[[RealDeck, FaultServer], Awaitable[None]]


async def add_provider(deck: RealDeck, server: FaultServer) -> None:
    done = deck.run(
        "providers", "add", "new", "--url", server.base_url, "--model", "m", "--key-stdin", stdin=KEY
    )
    assert done.code == 0, done.err


async def set_something(deck: RealDeck, server: FaultServer) -> None:
    deck.settings("max_tokens = 0\n")
    done = deck.run("ask", "x", "-p", "main")
    assert "max_tokens" in done.err, "it is read"


async def add_samples(deck: RealDeck, server: FaultServer) -> None:
    assert deck.run("presets", "--install").code == 0


async def converse(deck: RealDeck, server: FaultServer) -> None:
    runtime = open_runtime(deck.environment)
    session = runtime.sessions.begin()
    from tui.session.target import ChatTarget

    await session.send("hello", ChatTarget(runtime.directory.get("main")))
    await runtime.sessions.release(session)
    assert len(runtime.conversations.listing.all()) == 1
    await runtime.aclose()


async def write_a_draft(deck: RealDeck, server: FaultServer) -> None:
    open_runtime(deck.environment).conversations.drafts.keep("c1", "not sent yet")


async def delete_conversation(deck: RealDeck, server: FaultServer) -> None:
    await converse(deck, server)
    store = open_runtime(deck.environment).conversations
    store.delete(store.listing.all()[0].identity)


async def check(deck: RealDeck, server: FaultServer) -> None:
    assert deck.run("check", "main", "--quick").code == 0


async def trust(deck: RealDeck, server: FaultServer) -> None:
    deck.provider(server.base_url, "open", api_key="cmd:echo 12345678")
    (deck.config / "providers.toml").chmod(0o666)
    done = deck.run("providers", "trust", "--yes")
    assert done.code == 0, done.err


async def copy(deck: RealDeck, server: FaultServer) -> None:
    runtime = open_runtime({**deck.environment, "TERM": "dumb", "PATH": ""})
    result = await runtime.clipboard.copy("some text")
    assert runtime.paths.shown(runtime.paths.copied_file) in result.message("Text")
    assert runtime.paths.copied_file.read_text() == "some text"
    deck.run("forget", "conversations", "--yes")
    assert not runtime.paths.copied_file.exists(), "it is a part of a conversation"
    await runtime.clipboard.copy("some text")


async def crash(deck: RealDeck, server: FaultServer) -> None:
    runtime = open_runtime(deck.environment)
    assert str(runtime.paths.crash_file) in report_crash(runtime, RuntimeError("oops"))


async def start_engine(deck: RealDeck, server: FaultServer) -> None:
    built_ins = BuiltIns(resolve_paths(deck.environment).state_dir, OptionalFiles())
    try:
        await built_ins.endpoint(ENGINE_NAME)
    except LmdeckError:
        pytest.skip("the embedded model is not installed")
    finally:
        await built_ins.aclose()


async def read_site_file(deck: RealDeck, server: FaultServer) -> None:
    folder = deck.home / "site" / "lmdeck"
    folder.mkdir(parents=True)
    (folder / "providers.toml").write_text(f'[providers.shared]\nprovider_url = "{server.base_url}"\n')
    assert "shared" in deck.run("providers", "list").out


WALK: dict[str, Act] = {
    "Providers": add_provider,
    "Settings": set_something,
    "Presets": add_samples,
    "API keys": add_provider,
    "Chats": converse,
    "Unsent messages": write_a_draft,
    "Deleted chats": delete_conversation,
    "Endpoints": check,
    "Ledger": converse,
    "Trusted files": trust,
    "Copied text": copy,
    "Crash report": crash,
    "Built-in model's log": start_engine,
    "Cache": converse,
    "Site-wide providers": read_site_file,
}


def test_no_place_is_left_out(tmp_path: Path) -> None:
    places = resolve_paths({"HOME": str(tmp_path)}).places()
    assert list(WALK) == list(dict.fromkeys(place.what for place in places))


@pytest.mark.parametrize("what", WALK)
async def test_a_place_holds_what_its_line_says(what: str, deck: RealDeck) -> None:
    with FaultServer(FakeApi()) as server:
        if what not in ("Providers", "API keys"):
            deck.provider(server.base_url)
        before = {place["what"]: place for place in deck.run("paths", "--json").json["paths"]}
        assert not before[what]["exists"]
        await WALK[what](deck, server)
    after = {place["what"]: place for place in deck.run("paths", "--json").json["paths"]}
    assert after[what]["exists"], what
    path = Path(after[what]["path"])
    if what not in ("Settings", "Trusted files", "Site-wide providers"):
        assert path.stat().st_mode & 0o077 == 0, "private"
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    assert files
    assert (what == "API keys") is any(KEY in file.read_text() for file in files)
