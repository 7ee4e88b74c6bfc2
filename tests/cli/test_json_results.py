"""With ``--json`` a command always prints one object of the same shape."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_common_promises import ARGUMENTS
from tests.support.commands import Call, Done
from tests.support.fake_api import FakeApi, model_list, refusal
from tests.support.fault_server import FaultServer
from tests.support.json_schema import violations
from tui.cli import main as cli_main
from tui.cli.check_all import Checks
from tui.core import diagnosis
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.runtime.runtime import Runtime
from tui.store.conversations import ConversationStore

SCHEMAS = Path(cli_main.__file__).parent / "schemas"
RESULT, CHECK_ALL, DISCOVER = (
    json.loads((SCHEMAS / f"{name}.schema.json").read_text()) for name in ("result", "check-all", "discover")
)
CHECK = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())
URL, FILE = "URL", "FILE"
"""Stand for the address of a server, and for a file of lines that is a schema too."""
SENT = {
    **ARGUMENTS,
    "ask": ("ask", "hi", "--url", URL, "-m", "m"),
    "ask --schema": ("ask", "hi", "--url", URL, "-m", "m", "--schema", FILE),
    "check": ("check", URL, "-m", "m"),
    "check --deep": ("check", URL, "-m", "m", "--only", "tools"),
    "check --all": ("check", "--all", "--quick"),
    "embed": ("embed", "hi", "--url", URL, "-m", "m"),
    "embed --similar": ("embed", "hi", "--url", URL, "-m", "m", "--similar", FILE),
    "embed --rerank": ("embed", "hi", "--url", URL, "-m", "m", "--similar", FILE, "--rerank"),
    "costs --budget": ("costs", "--budget"),
    "costs --price-old": ("costs", "--price-old", "demo"),
}
"""A call of each command that prints JSON, and of each that prints another object with some option."""
PUBLISHED = {"check": CHECK, "check --deep": CHECK, "check --all": CHECK_ALL, "discover": DISCOVER}


@pytest.fixture
def words(home: Path, call: Call, store: ConversationStore) -> Iterator[Callable[[str], list[str]]]:
    """The words of a command; there are a chat, a budget, and a provider whose server has only its list."""
    journal = store.create("Sky — a chat")
    journal.write_turn(Turn("t1", parts_of("Why is the sky blue?"), state=TurnState.DONE))
    assert journal.close()
    file = home / "lines.json"
    file.write_text('{"type": "object"}')
    api = FakeApi(models=model_list("m"), chat=refusal("boom"))
    with FaultServer(api) as server:
        assert call("providers", "add", "own", "--url", server.base_url, "--model", "m").code == 0
        config = home / "config" / "lmdeck" / "config.toml"
        config.write_text('[budget]\nmonth = "20 EUR"\n')
        places = {URL: server.base_url, FILE: str(file)}
        yield lambda command: [*(places.get(word, word) for word in SENT[command]), "--json"]


def read(done: Done, command: str) -> dict[str, Any]:
    """Return the one object that was printed, and see to what is promised of all of them."""
    printed: dict[str, Any] = done.json
    assert done.out.isascii()
    assert list(violations(printed, RESULT)) == []
    assert list(violations(printed, PUBLISHED.get(command, {}))) == []
    assert printed["ok"] is (done.code == 0)
    return printed


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Have every command fail as it opens the files of the user."""
    for command in ("ask", "embed", "check", "discover", "costs", "runtime_action", "paths"):
        import_module(f"tui.cli.{command}")

    def have(error: BaseException) -> None:
        def fail(_: object) -> None:
            raise error

        for name, module in list(sys.modules.items()):
            if name.startswith("tui.cli."):
                for opener in {"open_runtime", "resolve_paths"} & vars(module).keys():
                    monkeypatch.setattr(module, opener, fail)

    return have


@pytest.mark.parametrize("command", SENT)
def test_the_keys_are_the_same_whatever_becomes_of_it(
    words: Callable[[str], list[str]], call: Call, opening: Callable[[BaseException], None], command: str
) -> None:
    sent = read(call(*words(command)), command)
    unknown = read(call(*words(command), "--bogus"), command)
    assert (unknown["error"]["cause"], sent.keys() ^ unknown.keys()) == ("usage", set())
    opening(KeyboardInterrupt())
    interrupted = call(*words(command))
    assert (interrupted.code, interrupted.err) == (130, "")
    assert read(interrupted, command)["error"]["cause"] == "interrupted"
    assert read(interrupted, command).keys() == sent.keys()


@pytest.mark.parametrize("command", SENT)
def test_files_that_cannot_be_read_change_no_shape(
    words: Callable[[str], list[str]], call: Call, home: Path, command: str
) -> None:
    sent = read(call(*words(command)), command)
    for name in ("config.toml", "providers.toml"):
        (home / "config" / "lmdeck" / name).write_text("[[[")
    assert read(call(*words(command)), command).keys() == sent.keys()


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("history", "search", "nothing-like-it"), "nothing-matches"),
        (("history", "list", "--model", "other"), "nothing-matches"),
        (("ask",), "prompt-empty"),
        (("embed", "hi", "--url", "http://127.0.0.1:9/v1", "--rerank"), "usage"),
        (("providers", "show", "nobody"), "provider-unknown"),
        (("providers",), "usage"),
    ],
)
def test_what_is_not_done_has_its_cause(
    words: Callable[[str], list[str]], call: Call, arguments: tuple[str, ...], cause: str
) -> None:
    assert read(call(*arguments, "--json"), "")["error"]["cause"] == cause


@pytest.mark.parametrize("command", ["ask", "embed", "check"])
@pytest.mark.parametrize(
    "url", ["http://me:s3cret@127.0.0.1:9/v1", "http://127.0.0.1:9/v1?key=s3cret", "127.0.0.1:9?key=s3cret"]
)
def test_no_secret_of_a_url_is_printed(call: Call, command: str, url: str) -> None:
    given = ("hi", "--url", url) if command != "check" else (url,)
    for options in ((), ("--bogus",)):
        done = call(command, *given, "-m", "m", "--json", *options)
        assert done.code == 2
        assert "s3cret" not in done.out + done.err


@pytest.mark.usefixtures("defects")
@pytest.mark.parametrize("command", SENT)
def test_a_crash_is_told_on_both_streams(
    words: Callable[[str], list[str]], call: Call, opening: Callable[[BaseException], None], command: str
) -> None:
    sent = read(call(*words(command)), command)
    opening(RuntimeError("boom"))
    crashed = call(*words(command))
    assert crashed.code == 1
    assert read(crashed, command).keys() == sent.keys()
    assert crashed.json["error"]["cause"] == "internal"
    assert "RuntimeError: boom" in crashed.json["error"]["title"]
    assert "RuntimeError: boom" in crashed.err


@pytest.mark.usefixtures("defects")
def test_a_crash_that_leaves_no_shape_is_told_all_the_same(
    call: Call, opening: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opening(RuntimeError("boom"))
    monkeypatch.delattr("tui.cli.ask_report.nothing")
    assert read(call("ask", "hi", "--json"), "ask").keys() == {"schema_version", "ok", "error"}


def test_each_line_of_a_repeated_check_has_the_same_keys(
    words: Callable[[str], list[str]], call: Call, opening: Callable[[BaseException], None]
) -> None:
    once = read(call(*words("check")), "check")
    refused = call(*words("check"), "--watch", "60", "--deep")
    assert len(refused.out.splitlines()) == 1
    assert refused.json.keys() ^ once.keys() == {"at", "provider", "changes"}
    assert (refused.code, refused.json["error"]["cause"]) == (2, "usage")


@pytest.mark.usefixtures("defects")
def test_a_repeated_check_that_crashes_says_so_in_its_last_line(
    words: Callable[[str], list[str]], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pause(_: Checks, __: float) -> bool:
        raise RuntimeError("boom")

    monkeypatch.setattr(Checks, "pause", pause)
    done = call(*words("check"), "--watch", "60")
    first, last = map(json.loads, done.out.splitlines())
    assert first.keys() == last.keys()
    assert (done.code, last["exit_code"], last["error"]["cause"]) == (1, 1, "internal")
    assert "RuntimeError: boom" in done.err


def test_a_search_of_servers_that_is_interrupted_says_so(
    words: Callable[[str], list[str]], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def discover(_: Runtime) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(Runtime, "discover", discover)
    done = call("discover", "--json")
    assert (done.code, read(done, "discover")["error"]["cause"]) == (143, "interrupted")
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0), "it would end the process with another code"


def test_what_fails_after_the_object_is_said_on_stderr(
    words: Callable[[str], list[str]], call: Call, home: Path
) -> None:
    done = call(*words("check"), "--report", "/dev/full")
    assert done.json["verdict"]["cause"]
    assert "/dev/full" in done.err
