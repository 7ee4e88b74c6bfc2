"""``lmdeck embed`` as used by users and scripts."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Call
from tests.support.fake_api import Embedder, FakeApi, model_list, refusal
from tests.support.fault_server import Answer, Connection, FaultServer, refused_port
from tests.support.payloads import PAYLOADS, leaks
from tests.support.real_deck import RealDeck
from tests.support.terminal import lmdeck
from tui.core.ledger import LedgerLine
from tui.core.observed import Outcome, Purpose
from tui.demo.embeddings import vector_of
from tui.demo.server import DemoServer
from tui.runtime.runtime import open_runtime
from tui.texts.embeddings import SENTENCES

CAT, KITTEN, RATES = SENTENCES


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    server = DemoServer()
    yield server.start()
    server.stop()


@pytest.fixture
def lines(tmp_path: Path) -> str:
    path = tmp_path / "lines.txt"
    path.write_text(f"{RATES}\n\n{KITTEN}\n   \nThe dog sleeps on the sofa.\n")
    return str(path)


@pytest.fixture
def deck(tmp_path: Path) -> RealDeck:
    return RealDeck(tmp_path / "home")


def ledger(deck: RealDeck) -> list[LedgerLine]:
    return open_runtime(deck.environment).costs.lines()


def test_the_json_contract(program: Call, demo: str) -> None:
    done = program("embed", CAT, "--url", demo, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert told["schema_version"] == 1
    assert (told["ok"], told["provider"], told["model"]) == (True, None, "demo-embedding")
    assert (told["dimensions"], told["vectors"]) == (64, [vector_of(CAT)])
    assert told["usage"]["source"] == "reported"
    assert told["usage"]["prompt_tokens"] > 0
    assert (told["cost"], told["error"]) == (None, None)
    assert told["timings"]["total_ms"] > 0
    assert (told["ranked_by"], told["ranking"]) == (None, [])
    assert done.out.count("\n") == 1


def test_people_see_size_norm_tokens_time_and_the_beginning_of_the_vector(call: Call, demo: str) -> None:
    done = call("embed", CAT, "--url", demo)
    assert done.code == 0
    first, figures, _, vector = done.out.splitlines()
    assert first == "demo-embedding: 1 vector of 64 numbers, norm 1.000"
    assert figures.startswith("7 tokens · ")
    assert figures.endswith(" ms")
    assert vector.startswith(f"[{vector_of(CAT)[0]:.6g}, ")
    assert vector.endswith(" more]")
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [("-",), ()])
def test_stdin_is_one_text(program: Call, demo: str, arguments: tuple[str, ...]) -> None:
    done = program("embed", *arguments, "--url", demo, "--json", stdin=f"{CAT}\n{RATES}\n".encode())
    assert done.json["vectors"] == [vector_of(f"{CAT}\n{RATES}")]


def test_or_each_line_is_one(program: Call, demo: str) -> None:
    stdin = f"{CAT}\n\n{RATES}\r\n".encode()
    done = program("embed", "-", "--lines", "--url", demo, "--json", stdin=stdin)
    assert done.json["vectors"] == [vector_of(CAT), vector_of(RATES)]
    shown = program("embed", "-", "--lines", "--url", demo, stdin=stdin).out
    assert f"\n{CAT}\n[" in shown
    assert f"\n{RATES}\n[" in shown


def test_the_lines_of_a_file_are_ranked_with_their_numbers(call: Call, demo: str, lines: str) -> None:
    done = call("embed", CAT, "--url", demo, "--similar", lines)
    assert done.code == 0
    shown = [line.split(maxsplit=2) for line in done.out.splitlines()[3:]]
    assert shown[0] == ["cosine", "line", "text"]
    assert [row[1:] for row in shown[1:]] == [
        ["5", "The dog sleeps on the sofa."],
        ["3", KITTEN],
        ["1", RATES],
    ]
    told = call("embed", CAT, "--url", demo, "--similar", lines, "--json", "--top", "2").json
    assert (told["ranked_by"], len(told["vectors"])) == ("cosine", 1)
    assert [each["line"] for each in told["ranking"]] == [5, 3]
    assert told["ranking"][0]["score"] > told["ranking"][1]["score"]
    assert call("embed", CAT, "--url", demo, "--similar", lines, "--top", "1").out.endswith(
        "2 more (--top 3 prints all)\n"
    )


def test_the_lines_come_from_stdin_too(program: Call, demo: str) -> None:
    done = program("embed", CAT, "--url", demo, "--similar", "-", "--json", stdin=f"{KITTEN}\n".encode())
    assert [each["text"] for each in done.json["ranking"]] == [KITTEN]


def test_many_lines_go_in_batches_that_the_server_takes(call: Call, tmp_path: Path) -> None:
    embedder = Embedder(refuse=lambda body: refusal("at most 10") if len(body["input"]) > 10 else None)
    path = tmp_path / "many.txt"
    path.write_text("".join(f"line number {number}\n" for number in range(50)) + "line number 7\n")
    with FaultServer(FakeApi(models=model_list("bge"), embeddings=embedder)) as server:
        done = call("embed", "line number 7", "--url", server.base_url, "--similar", str(path), "--json")
    assert done.code == 0, done.err
    assert [each["line"] for each in done.json["ranking"]][:2] == [8, 51]
    taken = [body["input"] for body in embedder.bodies if len(body["input"]) <= 10]
    assert len({text for batch in taken for text in batch}) == sum(map(len, taken)) == 50


def test_a_rerank_model_ranks_them(call: Call, demo: str, lines: str) -> None:
    done = call("embed", CAT, "--url", demo, "--similar", lines, "--rerank", "--json")
    assert done.code == 0, done.err
    told = done.json
    assert (told["ranked_by"], told["vectors"], told["dimensions"]) == ("rerank", [], None)
    assert [each["line"] for each in told["ranking"]] == [5, 3, 1]
    assert told["usage"]["prompt_tokens"] > 0
    shown = call("embed", CAT, "--url", demo, "--similar", lines, "--rerank").out
    assert "3 lines ranked by rerank score" in shown


def test_without_a_rerank_route_it_is_said_how_to_get_one(call: Call, lines: str) -> None:
    with FaultServer(FakeApi(models=model_list("bge"), embeddings=Embedder())) as server:
        done = call("embed", CAT, "--url", server.base_url, "--similar", lines, "--rerank")
    assert (done.code, done.out) == (1, "")
    assert "does not rerank" in done.err
    assert "--reranking" in done.err


def test_the_default_provider_for_embeddings_is_asked(deck: RealDeck) -> None:
    embedder = Embedder()
    with FaultServer(FakeApi(embeddings=embedder)) as server:
        deck.provider(server.base_url, "chat", compatible_provider="c")
        deck.provider(server.base_url, "one", category="Embedding", compatible_provider="first")
        deck.provider(
            server.base_url, "two", category="Embedding", compatible_provider="second", input_price="0.5"
        )
        assert deck.run("embed", "x", "--json").json["provider"] == "one"
        deck.run("providers", "default", "two")
        told = deck.run("embed", "x", "--json").json
    assert (told["provider"], told["model"]) == ("two", "second")
    assert (told["cost"]["total"], told["cost"]["source"]) == ("0.002", "reported")
    assert [body["model"] for body in embedder.bodies] == ["first", "second"]
    assert [(line.purpose, line.provider) for line in ledger(deck)] == [
        (Purpose.EMBED, "one"),
        (Purpose.EMBED, "two"),
    ]


def test_a_provider_for_chats_is_asked_only_for_a_model_that_is_named(deck: RealDeck) -> None:
    embedder = Embedder()
    with FaultServer(FakeApi(embeddings=embedder)) as server:
        deck.provider(server.base_url, "chat", compatible_provider="c", input_price="9")
        refused = deck.run("embed", "x", "-p", "chat")
        done = deck.run("embed", "x", "-p", "chat", "-m", "bge", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "chat is for chats" in refused.err
    assert "-m" in refused.err
    assert (done.code, done.json["model"], done.json["cost"]) == (0, "bge", None)
    assert [body["model"] for body in embedder.bodies] == ["bge"]


def test_without_any_provider_for_embeddings_it_is_said_how_to_add_one(call: Call) -> None:
    done = call("embed", "x")
    assert (done.code, done.out) == (2, "")
    assert "there is none for embeddings" in done.err
    assert "--category Embedding" in done.err


def test_a_chat_model_is_a_failure_in_words(call: Call, demo: str) -> None:
    done = call("embed", "x", "--url", demo, "-m", "demo-plain", "--json")
    assert (done.code, done.cause) == (1, "embeddings-unsupported")
    assert done.json["vectors"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "there is no text"),
        (("  ",), "there is no text"),
        (("x", "--rerank"), "--similar"),
        (("x", "--top", "3"), "--similar"),
        (("-", "--lines", "--similar", "f"), "--similar cannot be combined with --lines"),
        (("-", "--similar", "-"), "not both"),
        (("x", "--similar", "/nonexistent/file"), "cannot be used: it does not exist"),
        (("x", "--similar", "/tmp"), "cannot be used"),
        (("x", "-p", "nobody"), "no provider named nobody"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(call: Call, arguments: tuple[str, ...], words: str) -> None:
    done = call("embed", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in " ".join(done.err.split())


@pytest.mark.parametrize(("content", "words"), [(b"\n \n", "no text"), (b"\xff\xfe\n", "not UTF-8")])
def test_a_file_without_lines_is_wrong_usage(
    call: Call, demo: str, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    done = call("embed", "x", "--url", demo, "--similar", str(path), "--json")
    assert (done.code, done.cause) == (2, "lines-file")
    assert words in done.json["error"]["title"]


def test_a_refused_connection_is_a_failed_request(call: Call) -> None:
    with refused_port() as port:
        done = call("embed", "x", "--url", f"http://127.0.0.1:{port}/v1", "-m", "m", "--json")
    assert (done.code, done.cause) == (1, "connection-refused")


@pytest.mark.parametrize(
    "vectors",
    [
        [{"index": 0, "embedding": [1, 2]}, {"index": 1, "embedding": [1, 2, 3]}],
        [{"index": 0, "embedding": [1, 2]}],
        [{"index": 0, "embedding": [1, 2]}, {"index": 0, "embedding": [1, 2]}],
        [{"index": 0, "embedding": [0, 0]}, {"index": 1, "embedding": [1, 2]}],
        [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": [1, 2]}],
        [{"other": 1}],
    ],
)
def test_vectors_that_cannot_be_used_are_paid_for(deck: RealDeck, vectors: list[dict[str, object]]) -> None:
    answer = {"object": "list", "data": vectors, "model": "m", "usage": {"prompt_tokens": 9}}
    with FaultServer(Answer(json.dumps(answer).encode())) as server:
        deck.provider(server.base_url, category="Embedding", input_price="1", currency="EUR")
        done = deck.run("embed", "-p", "main", "--lines", stdin="one\ntwo\n")
    assert done.code == 1
    (line,) = ledger(deck)
    assert (line.usage.prompt_tokens, line.outcome, line.amount) == (9, Outcome.FAILED, Decimal("0.009"))


def test_a_spent_budget_sends_nothing(deck: RealDeck) -> None:
    embedder = Embedder()
    deck.settings('[budget]\nmonth = "0.001 USD"\n')
    with FaultServer(FakeApi(embeddings=embedder)) as server:
        deck.provider(server.base_url, "v", category="Embedding", input_price="0.5")
        assert deck.run("embed", "x", "--within-budget").code == 0
        done = deck.run("embed", "x", "--within-budget")
    assert (done.code, len(embedder.bodies)) == (4, 1)


def test_ctrl_c_ends_it_with_130(tmp_path: Path, deck: RealDeck) -> None:
    def hold(connection: Connection) -> None:
        connection.read_request()
        connection.hold()

    with FaultServer(FakeApi(models=model_list("m"), embeddings=hold)) as server:
        process = subprocess.Popen(
            lmdeck("embed", "x", "--url", server.base_url, "-m", "m", "--json"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=dict(deck.environment),
        )
        while not any(b"/embeddings" in request for request in list(server.requests)):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(out)["error"]["cause"] == "interrupted"


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_nothing_from_a_file_or_a_server_commands_the_terminal(call: Call, tmp_path: Path, name: str) -> None:
    payload = PAYLOADS[name]

    def answer(body: dict[str, Any]) -> Answer:
        made = [vector_of(text) for text in body["input"]]
        data = [{"index": place, "embedding": one} for place, one in enumerate(made)]
        return Answer(json.dumps({"model": payload, "data": data}).encode())

    path = tmp_path / "lines.txt"
    path.write_bytes(f"x {payload}\n".encode("utf-8", "replace"))
    with FaultServer(FakeApi(models=model_list("m"), embeddings=Embedder(refuse=answer))) as server:
        done = call("embed", "cat", "--url", server.base_url, "-m", "m", "--similar", str(path))
        alone = call("embed", "cat", "--url", server.base_url, "-m", "m")
    assert (done.code, alone.code) == (0, 0), done.err
    shown = "".join((done.out, done.err, alone.out, alone.err))
    assert leaks(shown.encode("utf-8", "surrogateescape"), payload) == []
