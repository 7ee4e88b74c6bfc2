"""The debug log: phases and decisions of all requests, in a private file, without secrets."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.net.test_stale_connections import closing
from tests.runtime.test_observed import KEY, echoes_everything, ignore, provider_at, refuses, until
from tests.support.commands import run_command
from tests.support.fake_api import Embedder, FakeApi, good_chat
from tests.support.fault_server import FAULTS, FaultServer, Sequence, Tls
from tests.support.real_deck import RealDeck
from tests.support.terminal import private_environment
from tests.wired.test_key_renewal import GOOD, OLD, KeyCommand
from tui.core.debug_log import LOG, bare_url, tell
from tui.core.provider import Category, TlsSettings
from tui.runtime.crash import report_last_crash
from tui.runtime.runtime import Runtime, open_runtime
from tui.session.target import ChatTarget
from tui.ui.start import ChatStart

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 \+\d+\.\d{6} (?:#(\d+) )?([a-z-]+)( .*)?")
PHASES = ["send", "sent", "first-byte", "headers", "first-token", "last-byte"]
"""Of each request; those of a connection come before them where it is a new one."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "debug.log"


def opened(log: Path, home: Path) -> Runtime:
    return open_runtime(private_environment(home, LMDECK_LOG=str(log)))


def events(log: Path) -> list[tuple[str, str]]:
    """Return number and name of each event; every line must be one."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        found.append((match[1] or "", match[2]))
    return found


@pytest.fixture(autouse=True)
def no_log_is_left() -> Iterator[None]:
    yield
    assert LOG.handlers == []
    assert not LOG.propagate


@pytest.mark.parametrize("way", ["before", "after", "variable"])
def test_a_command_writes_each_phase_and_each_decision(tmp_path: Path, log: Path, way: str) -> None:
    asked = ["ask", "PROMPT-TEXT", "--key-env", "MY_KEY", "--model", "m", "--url"]
    environment = private_environment(tmp_path, MY_KEY=KEY)
    if way == "variable":
        environment["LMDECK_LOG"] = str(log)
    option = ["--log", str(log)]
    replies = Sequence([refuses("stream_options"), FAULTS["http-429"], good_chat])
    with FaultServer(replies) as server:
        command = [*option * (way == "before"), *asked, server.base_url, *option * (way == "after")]
        done = run_command(*command, environment=environment)
    assert done.code == 0, done.err
    assert done.out.strip() == "0 1 2 3 4 5 6 7 8 9"
    assert done.err.count("debug") == 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    seen = events(log)
    assert seen[0] == ("", "start")
    assert seen[-1] == ("", "exchange")
    starts = [number for number, event in seen if event == "request"]
    assert len(starts) == 3
    for number in starts:
        phases = [event for of, event in seen if of == number]
        has_text = number == starts[-1]
        expected = [phase for phase in PHASES if has_text or phase != "first-token"]
        assert [event for event in phases if event in PHASES] == expected
    assert [event for _, event in seen if event in ("change", "retry")] == ["change", "retry"]
    text = log.read_text()
    assert f"url={server.base_url}/chat/completions model=m provider=url purpose=ask" in text
    assert 'note="retried without stream_options' in text
    assert "because=rate-limited" in text
    assert "outcome=done status=200 requests=3 prompt_tokens=9 completion_tokens=10" in text
    for secret in (KEY, "PROMPT-TEXT", "0 1 2 3"):
        assert secret not in text


def test_a_check_writes_its_small_requests_too(tmp_path: Path, log: Path) -> None:
    with FaultServer(FakeApi()) as server:
        environment = private_environment(tmp_path, LMDECK_LOG=str(log))
        done = run_command("check", server.base_url, environment=environment)
        assert done.code == 0, done.out
        assert f"request method=GET url={server.base_url}/models" in log.read_text()
    assert "purpose=check" in log.read_text()
    events(log)


def test_without_it_nothing_is_written_or_loaded(tmp_path: Path) -> None:
    code = (
        "import sys, os\n"
        "from tui.runtime.runtime import open_runtime\n"
        "open_runtime(os.environ).sessions.begin()\n"
        "late = {'tui.store.debug_log', 'tui.core.debug_log', 'tui.core.observed'}\n"
        "sys.exit(1 if late & set(sys.modules) else 0)\n"
    )
    environment = {**private_environment(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    with FaultServer(FakeApi()) as server:
        done = run_command("ask", "hi", "--url", server.base_url, environment=private_environment(tmp_path))
    assert done.err == ""
    assert not list(tmp_path.rglob("*.log"))


async def test_the_handshake_is_a_phase(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(good_chat, tls=Tls()) as server:
        turn = await runtime.test(provider_at(server.base_url, tls=TlsSettings(insecure=True)))
    await runtime.aclose()
    assert turn.failure is None
    names = [event for number, event in events(log) if number]
    assert names[: names.index("sent")] == ["request", "dns", "connect", "tls", "send"]
    assert "tls=TLSv1.3" in log.read_text()


async def test_vectors_and_what_is_stopped_are_written(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(FakeApi(embeddings=Embedder())) as server:
        provider = provider_at(server.base_url, category=Category.EMBEDDING)
        await runtime.test_vectors(provider, on_progress=ignore)
    with FaultServer("stall-mid-stream") as server:
        session = runtime.sessions.begin(saved=False)
        task = session.start("hello", ChatTarget(provider_at(server.base_url)))
        await until(lambda: session.turns[-1].answer)
        session.stop()
        await task
    await runtime.aclose()
    text = log.read_text()
    assert "route=/embeddings model=m outcome=done status=200 requests=1 prompt_tokens=16" in text
    assert "purpose=chat" in text
    assert "outcome=stopped status=200" in text
    assert "tokens=estimated" in text
    assert [event for _, event in events(log)].count("exchange") == 2


async def test_a_failure_is_written_with_its_cause(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer("http-401-vllm") as server:
        await runtime.test(provider_at(server.base_url))
    await runtime.aclose()
    assert re.search(r"#\d+ failed cause=auth\n", log.read_text())
    assert "outcome=failed cause=auth status=401" in log.read_text()


async def test_no_key_is_in_it_wherever_it_stands(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(FakeApi(chat=echoes_everything, embeddings=echoes_everything)) as server:
        provider = provider_at(f"{server.base_url}/{KEY}", name=KEY, model=KEY)
        headed = replace(provider, extra_headers={"X-Api-Key": "hdr-0123456789abcdef"})
        await runtime.test(headed, KEY)
        await runtime.test(replace(headed, provider_url=server.base_url), KEY)
        embedding = replace(headed, category=Category.EMBEDDING)
        await runtime.test_vectors(embedding, KEY, on_progress=ignore)
        await runtime.check(headed, KEY, on_result=ignore, on_progress=ignore).run()
    await runtime.aclose()
    assert len(events(log)) > 20
    for secret in (KEY, "hdr-0123456789abcdef"):
        assert secret not in log.read_text()


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-abcdefghijklmno",
        "hf_AbCdEfGhIjKlMnOp",
        "gsk_0123456789abcdef",
        "nvapi-abcDEF123456789",
        "AIzaSyA1234567890abcdefghi",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef",
        "0123456789abcdef0123456789abcdef",
        "123e4567-e89b-12d3-a456-426614174000",
        "aB3dE5gH7jK9mN1pQ3sT",
    ],
)
async def test_a_key_in_the_wrong_field_is_erased_before_it_is_known(
    tmp_path: Path, log: Path, key: str
) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer("http-401-vllm") as server:
        url = f"{server.base_url}/accounts/{key}"
        await runtime.test(provider_at(url, model=key))  # pasted into the model's field
    await runtime.aclose()
    assert key not in log.read_text()
    assert "•••" in log.read_text()


@pytest.mark.parametrize(
    "model",
    [
        "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
        "meta-llama/Llama-3.3-70B-Instruct",
        "deepseek-r1-distill-qwen-32b",
        "gpt-4o-mini-2024-07-18",
        "gpt-oss-20b-Q8_0.gguf",
        "text-embedding-3-large",
        "claude-3-5-sonnet-20241022",
        "sentence-transformers/all-MiniLM-L6-v2",
    ],
)
async def test_the_name_of_a_model_is_no_key(tmp_path: Path, log: Path, model: str) -> None:
    runtime = opened(log, tmp_path)
    tell("request", model=model)
    await runtime.aclose()
    assert f"model={model}\n" in log.read_text()


def test_user_query_and_fragment_of_a_url_are_left_out() -> None:
    assert bare_url("https://me:pw@h:8443/v1/x?key=1#f") == "https://h:8443/v1/x"
    assert bare_url("http://[::1]:8000/v1") == "http://[::1]:8000/v1"
    assert bare_url("http://[bad/v1") == ""


async def test_one_event_is_one_line_without_control_characters(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    hostile = "m\x1b[2J\n2026-01-01 forged\u202e\x9b"
    with FaultServer("http-401-vllm") as server:
        await runtime.test(provider_at(server.base_url, name=hostile, model=hostile))
    await runtime.aclose()
    events(log)
    text = log.read_text().replace("\n", "")
    assert all(character.isprintable() for character in text)
    assert "\u202e" not in text


async def test_a_log_goes_on_and_is_made_private(tmp_path: Path, log: Path) -> None:
    log.write_text("2026-01-01T00:00:00.000+00:00 +0.000000 start\n")
    log.chmod(0o644)
    runtime = opened(log, tmp_path)
    await runtime.aclose()
    assert [event for _, event in events(log)] == ["start", "start"]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def unusable(kind: str, folder: Path) -> Path:
    if kind == "folder":
        return folder
    if kind == "nowhere":
        return folder / "missing" / "x.log"
    if kind == "full":
        return Path("/dev/full")
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    return fifo


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("folder", "it is a folder"),
        ("nowhere", "its folder does not exist"),
        ("fifo", ""),
        ("full", "the disk is full"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_once_and_changes_nothing(
    tmp_path: Path, kind: str, reason: str
) -> None:
    if kind == "full" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = unusable(kind, tmp_path)
    with FaultServer(good_chat) as server:
        environment = private_environment(tmp_path / "home")
        asked = ("ask", "hi", "--model", "m", "--url", server.base_url)
        usual = run_command(*asked, environment=environment)
        done = run_command("--log", str(path), *asked, environment=environment)
    assert (done.code, done.out) == (usual.code, usual.out) == (0, usual.out)
    assert usual.err == ""
    assert done.err.count(str(path)) == 1
    assert done.err.startswith(f"note: {path} cannot be written: {reason}")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "command", [("discover",), ("providers", "list"), ("check", "http://127.0.0.1:9/v1")]
)
def test_every_command_that_asks_a_server_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run_command("--log", str(tmp_path), *command, environment=private_environment(tmp_path / "home"))
    assert done.err.count(str(tmp_path)) == 1


async def test_the_screens_say_so_in_the_list(tmp_path: Path) -> None:
    deck = RealDeck(tmp_path, {"LMDECK_LOG": str(tmp_path / "missing" / "x.log")})
    async with deck.opened(size=(120, 40)) as screens:
        await screens.until(lambda: "missing/x.log" in screens.text)


async def test_the_screens_write_it(tmp_path: Path, log: Path) -> None:
    deck = RealDeck(tmp_path, {"LMDECK_LOG": str(log)})
    with FaultServer(FakeApi()) as server:
        deck.provider(server.base_url, is_default=True)
        async with deck.opened(ChatStart(None)) as screens:
            await screens.ask("hello")
    assert "provider=main" in log.read_text()
    assert "purpose=chat" in log.read_text()


async def test_a_second_runtime_of_the_process_begins_no_second_log(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    report_last_crash(runtime.environment, ValueError("x"))
    tell("here")
    await runtime.aclose()
    assert [event for _, event in events(log)] == ["start", "here"]


def test_the_paths_do_not_list_it(tmp_path: Path, log: Path) -> None:
    environment = private_environment(tmp_path)
    usual = run_command("paths", environment=environment)
    done = run_command("--log", str(log), "paths", environment=environment)
    assert (done.code, done.out, done.err) == (0, usual.out, usual.err)
    assert not log.exists()


async def test_two_requests_at_once_are_told_apart(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(good_chat) as server:
        provider = provider_at(server.base_url)
        await asyncio.gather(runtime.test(provider), runtime.test(provider))
    await runtime.aclose()
    numbers = {number for number, event in events(log) if event == "last-byte"}
    assert len(numbers) == 2


async def test_a_wait_for_a_loading_model_is_a_decision(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(Sequence([FAULTS["http-503-loading"], good_chat])) as server:
        session = runtime.sessions.for_command(2)
        turn = await session.send("hello", ChatTarget(provider_at(server.base_url)))
    await runtime.aclose()
    assert turn.failure is None
    names = [event for _, event in events(log)]
    assert names.index("failed") < names.index("wait") < names.index("first-token")
    assert re.search(r"wait phase=loading seconds=\d", log.read_text())


async def test_a_connection_that_was_closed_is_a_decision(tmp_path: Path, log: Path) -> None:
    runtime = opened(log, tmp_path)
    with FaultServer(closing(FakeApi())) as server:
        provider = provider_at(server.base_url)
        await runtime.list_models(provider)
        assert (await runtime.test(provider)).failure is None
    await runtime.aclose()
    assert 'retry because="the server had closed an idle connection"' in log.read_text()
    assert "outcome=done status=200 requests=2" in log.read_text()


async def test_a_key_that_is_fetched_again_is_a_decision(tmp_path: Path, log: Path) -> None:
    command = KeyCommand(tmp_path / "keys", OLD, GOOD)
    runtime = opened(log, tmp_path)
    with FaultServer(FakeApi(key=f"Bearer {GOOD}")) as server:
        turn = await runtime.test(provider_at(server.base_url), command.reference)
    await runtime.aclose()
    assert turn.failure is None
    text = log.read_text()
    assert 'retry because="the key was fetched again"' in text
    assert OLD not in text
    assert GOOD not in text
