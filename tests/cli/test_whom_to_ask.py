"""A prompt is sent to the given provider or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, Embedder, FakeApi, model_list
from tests.support.fault_server import Connection, FaultServer
from tests.support.stream_samples import delta
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.diagnosis import EMBEDDING_CHECKS

PROVIDERS = """
[providers.off]
compatible_provider = "m"
provider_url = "http://127.0.0.1:9/v1"
state = "Inactive"

[providers.vectors]
category = "Embedding"
input_price = "2"
compatible_provider = "m"
provider_url = "http://127.0.0.1:9/v1"
"""


def _write(home: Path, lines: str = "", *, url: str = "http://127.0.0.1:9/v1") -> None:
    config = Path(private_environment(home)["XDG_CONFIG_HOME"]) / "lmdeck"
    config.mkdir(parents=True, exist_ok=True)
    text = PROVIDERS.replace("http://127.0.0.1:9/v1", url)
    (config / "providers.toml").write_text(f"{text}\n{lines}")


@pytest.mark.parametrize(
    ("name", "words"), [("off", "inactive"), ("vectors", "embeddings"), ("of", "no provider named of")]
)
@pytest.mark.parametrize("command", [("ask", "-p"), ("chat", "--plain")])
def test_one_that_cannot_chat_is_refused(
    program: Call, tmp_path: Path, command: tuple[str, str], name: str, words: str
) -> None:
    _write(tmp_path / "home")
    done = program(*command, name, stdin=b"hello\n")
    assert done.code == 2
    assert words in done.err
    assert done.out == ""


@pytest.mark.parametrize("command", [("ask",), ("chat", "--plain")])
def test_a_default_that_is_switched_off_is_told_and_nobody_else_asked(
    program: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    _write(tmp_path / "home", '[defaults]\nModel = "off"\n')
    done = program(*command, stdin=b"hello\n")
    assert done.code == 2
    assert "off is inactive" in done.err
    assert done.out == ""


def test_the_screens_refuse_it_as_well(tmp_path: Path) -> None:
    environment = private_environment(tmp_path)
    _write(tmp_path)
    with TerminalProgram(lmdeck("chat", "off"), environment) as terminal:
        terminal.wait_for("is inactive")
        assert terminal.wait() == 2


@pytest.mark.parametrize("command", [("ask", "hello", "-p"), ("chat", "--plain")])
def test_one_for_embeddings_is_refused_with_the_command_that_tests_it(
    call: Call, home: Path, command: tuple[str, ...]
) -> None:
    _write(home)
    done = call(*command, "vectors")
    assert (done.code, done.out) == (2, "")
    assert "lmdeck check vectors" in done.err


@pytest.mark.parametrize("command", [("ask", "hello"), ("chat", "--plain")])
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('[defaults]\nEmbedding = "vectors"\n', "vectors is for embeddings"),
        ('[defaults]\nModel = "vectors"\n', "vectors is for embeddings"),
        ('[defaults]\nModel = "gone"\n', "gone no longer exists"),
        ('[defaults]\nModel = "off"\n', "off is inactive"),
        ("[providers.broken\n", "cannot be read"),
    ],
)
def test_nobody_is_asked_in_place_of_a_default_that_cannot_be(
    call: Call, home: Path, command: tuple[str, ...], lines: str, words: str
) -> None:
    _write(home, lines)
    done = call(*command)
    assert (done.code, done.out) == (2, "")
    assert words in " ".join(done.err.split())


def test_a_record_that_cannot_be_used_gives_its_name_to_nobody(call: Call, home: Path) -> None:
    config = Path(private_environment(home)["XDG_CONFIG_HOME"]) / "lmdeck"
    config.mkdir(parents=True, exist_ok=True)
    (config / "providers.toml").write_text('[providers]\ndemo = "http://127.0.0.1:9/v1"\n')
    done = call("ask", "hello", "-p", "demo")
    assert (done.code, done.out) == (2, "")
    assert "must be a table" in done.err


def test_an_embedding_provider_is_checked_by_its_vectors(call: Call, home: Path) -> None:
    with FaultServer(FakeApi(models=model_list("m"), embeddings=Embedder())) as server:
        _write(home, url=server.base_url)
        done = call("check", "vectors", "--json")
        assert [check["id"] for check in done.json["checks"]] == [str(check) for check in EMBEDDING_CHECKS]
        assert (done.code, done.json["ok"]) == (0, True)
        done = call("check", "vectors")
        assert "3 vectors of 64 numbers, norm 1.000, 12 tokens." in done.out
        assert "Used 192 tokens, 0.384" in done.out
        assert "50 short texts" in done.out
        row = next(line for line in call("check", "--all").out.splitlines() if " vectors " in line)
        assert "vectors of 64 numbers" in row


def test_an_embedding_provider_without_embeddings_does_not_work(call: Call, home: Path) -> None:
    with FaultServer(FakeApi(models=model_list("m"))) as server:
        _write(home, url=server.base_url)
        before = call("providers", "list", "--json").json["providers"][0]["last_check"]
        done = call("check", "vectors", "--json")
        listed = call("providers", "list", "--json").json["providers"]
        shown = call("providers", "show", "vectors")
        with TerminalProgram(lmdeck(), private_environment(home)) as terminal:
            terminal.wait_for("no vectors")
            terminal.send("up")
            terminal.wait_for(lambda: "At the last check:" in " ".join(terminal.text.split()))
            terminal.send("ctrl+q")
            assert terminal.wait() == 0
    assert (done.code, done.json["verdict"]["cause"]) == (1, "embeddings-missing")
    (last,) = [one["last_check"] for one in listed if one["name"] == "vectors"]
    assert before is None
    assert (last["ok"], last["cause"], last["model"]) == (False, "embeddings-missing", "m")
    assert last["title"] in shown.out


@pytest.mark.parametrize("url", ["builtin:nothing", "builtin:", "BUILTIN:demo", "builtin:demo2"])
def test_a_built_in_name_that_does_not_exist_starts_nothing(call: Call, home: Path, url: str) -> None:
    _write(home, f'[providers.odd]\ncompatible_provider = "m"\nprovider_url = "{url}"\n')
    done = call("ask", "hello", "-p", "odd")
    assert (done.code, done.out) == (2, "")
    assert "builtin:" in done.err
    assert call("check", "odd", "--json").json["verdict"]["cause"] == "url-bad-scheme"


def test_a_reasoning_parser_that_does_not_fit_is_told_beside_the_answer(call: Call, home: Path) -> None:
    def all_reasoning(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("Four.", field="reasoning"), FINISH_EVENT, USAGE_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    with FaultServer(FakeApi(chat=all_reasoning)) as server:
        done = call("ask", "two plus two", "--url", server.base_url, "--model", "m")
    assert (done.code, done.out) == (0, "Four.\n")
    assert "reasoning parser does not fit" in done.err
    assert "--reasoning-parser" in done.err


@pytest.mark.parametrize("port", ["99999", "80a"])
def test_a_port_that_is_wrong_is_named(call: Call, home: Path, port: str) -> None:
    done = call("ask", "hello", "--url", f"http://127.0.0.1:{port}/v1", "--model", "m")
    assert done.code == 2
    assert f"({port})" in done.err


@pytest.mark.parametrize("command", [("ask", "hello"), ("embed", "hello"), ("chat", "--plain")])
def test_a_provider_without_a_model_is_asked_nothing(
    program: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    category = "Embedding" if command[0] == "embed" else "Model"
    named = ("p",) if command[0] == "chat" else ("-p", "p")
    with FaultServer(FakeApi(models=model_list("m"), embeddings=Embedder())) as server:
        lines = f'[providers.p]\nprovider_url = "{server.base_url}"\ncategory = "{category}"\n'
        _write(tmp_path / "home", lines)
        done = program(*command, *named, stdin=b"hello\n" if command[0] == "chat" else None)
        assert server.requests == []
    words = " ".join((done.out + done.err).split())
    assert "p has no model, so nothing is sent. Set one: lmdeck providers set p --model M." in words
    assert done.code == (0 if command[0] == "chat" else 2)
