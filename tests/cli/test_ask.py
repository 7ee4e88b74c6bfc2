"""``lmdeck ask`` as used by users and scripts, with the demo endpoint."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi
from tests.support.fault_server import Connection, FaultServer, refused_port
from tests.support.payloads import PAYLOADS, leaks
from tests.support.terminal import private_environment
from tui.demo.server import DemoServer


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    server = DemoServer(rate=5000)
    yield server.start()
    server.stop()


def test_the_answer_is_on_stdout_and_the_reasoning_on_stderr(program: Call, demo: str) -> None:
    done = program("ask", "hello", "--url", demo)
    assert done.code == 0
    assert done.out.startswith("Hello!")
    assert done.out.endswith("\n")
    assert done.err
    assert "\x1b" not in done.out + done.err


def test_the_json_contract(program: Call, demo: str) -> None:
    done = program("ask", "hello", "--url", demo, "--json")
    report = done.json
    assert list(report) == [
        "schema_version",
        "ok",
        "provider",
        "url",
        "model",
        "reasoning",
        "answer",
        "finish_reason",
        "usage",
        "cost",
        "server_cost",
        "timings",
        "phases",
        "notes",
        "tool_calls",
        "error",
    ]
    assert (done.code, report["schema_version"], report["ok"], report["provider"]) == (0, 1, True, None)
    assert report["url"] == demo
    assert report["model"] == "demo-reasoner"
    assert report["reasoning"]
    assert report["answer"]
    assert report["finish_reason"] == "stop"
    assert report["usage"]["source"] == "reported"
    assert report["cost"] is None
    assert set(report["timings"]) == {
        "ttfb_ms",
        "ttft_ms",
        "ttfa_ms",
        "total_ms",
        "tpot_ms",
        "source",
    }
    assert report["timings"]["ttfa_ms"] >= report["timings"]["ttft_ms"] > 0
    assert report["error"] is None
    assert done.out.isascii()


def test_the_built_in_demo_has_a_price(program: Call) -> None:
    report = program("ask", "hello", "-p", "demo", "--json").json
    usage, cost = report["usage"], report["cost"]
    assert Decimal(cost["input"]) == Decimal(usage["prompt_tokens"]) * Decimal("0.001") / 1000
    assert Decimal(cost["output"]) == Decimal(usage["completion_tokens"]) * Decimal("0.002") / 1000
    assert Decimal(cost["total"]) == Decimal(cost["input"]) + Decimal(cost["output"])
    assert (cost["currency"], cost["source"], report["provider"]) == ("USD", "reported", "demo")


def test_a_pipe_is_part_of_the_prompt(program: Call, demo: str) -> None:
    piped = program("ask", "count:", "--url", demo, "--json", stdin=b"one two three").json
    alone = program("ask", "count:", "--url", demo, "--json").json
    assert piped["usage"]["prompt_tokens"] > alone["usage"]["prompt_tokens"]
    assert program("ask", "-", "--url", demo, stdin="grüße".encode()).code == 0


def test_without_streaming_the_whole_answer_comes_at_once(program: Call, demo: str) -> None:
    report = program("ask", "hello", "--url", demo, "--json", "--no-stream").json
    assert report["ok"]
    assert report["answer"]
    assert report["usage"]["source"] == "reported"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "cause"),
    [
        (["--url", "localhost:8000/v1"], None, 2, "url-no-scheme"),
        (["--url", "http://u:p@h/v1"], None, 2, "url-credentials"),
        (["--url", "ftp://h/v1"], None, 2, "url-bad-scheme"),
        (["-p", "nobody"], None, 2, "provider-unknown"),
        (["-p", "demo", "--model", "no-such-model"], None, 1, "model-not-found"),
        (["--url", "http://127.0.0.1:1/v1", "--model", "m"], None, 1, "connection-refused"),
    ],
)
def test_bad_input_has_a_cause_and_two_sentences(
    program: Call, arguments: list[str], stdin: bytes | None, code: int, cause: str
) -> None:
    as_json = program("ask", "hi", *arguments, "--json", stdin=stdin)
    as_text = program("ask", "hi", *arguments, stdin=stdin)
    assert (as_json.code, as_json.json["ok"], as_json.json["error"]["cause"]) == (code, False, cause)
    assert as_text.code == code
    assert as_json.json["error"]["title"] in as_text.err
    assert as_json.json["error"]["advice"] in as_text.err
    assert as_text.out == ""
    assert "Traceback" not in as_text.err


@pytest.mark.parametrize(("stdin", "cause"), [(b"", "prompt-empty"), (b"caf\xe9", "input-not-utf8")])
def test_a_bad_pipe_is_refused(program: Call, stdin: bytes, cause: str) -> None:
    done = program("ask", "-", "-p", "demo", "--json", stdin=stdin)
    assert (done.code, done.json["error"]["cause"]) == (2, cause)


def test_a_cut_answer_keeps_its_text(program: Call) -> None:
    with FaultServer("reset-mid-stream") as server:
        done = program("ask", "hi", "--url", server.base_url, "--model", "m", "--json")
    assert done.code == 1
    assert done.json["answer"]
    assert done.json["error"]["cause"] in ("stream-reset", "stream-truncated")


def test_a_refused_port_names_the_address(program: Call) -> None:
    with refused_port() as port:
        done = program("ask", "hi", "--url", f"http://127.0.0.1:{port}/v1", "--model", "m")
    assert str(port) in done.err


def test_an_interrupted_answer_is_not_ok(tmp_path: Path) -> None:
    asked = threading.Event()

    def chat(connection: Connection) -> None:
        connection.read_request()
        asked.set()
        connection.hold()

    with FaultServer(FakeApi(chat=chat)) as server:
        command = ["ask", "hi", "--url", server.base_url, "--model", "m", "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", *command],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=private_environment(tmp_path / "home"),
        )
        assert asked.wait(30)
        code, out = _interrupt(process)
    report = json.loads(out)
    assert (code, report["ok"], report["error"]["cause"]) == (130, False, "interrupted")


def _interrupt(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out


def test_a_demo_that_is_interrupted_ends_with_its_code(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "demo"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**private_environment(tmp_path / "home"), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    while b"Ctrl+C to stop" not in process.stdout.readline():
        pass
    assert _interrupt(process)[0] == 130


def test_no_reader_is_no_crash(program: Call, demo: str) -> None:
    pipe = subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "hello", "--url", demo],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert pipe.stdout is not None
    assert pipe.stderr is not None
    pipe.stdout.close()
    errors = pipe.stderr.read().decode()
    pipe.wait(30)
    pipe.stderr.close()
    assert "Traceback" not in errors


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_payload_passes(call: Call, name: str) -> None:
    from tests.support.fault_server import stream_answer
    from tests.support.stream_samples import FINISH, delta

    text = PAYLOADS[name]
    events = [delta(text, field="reasoning_content"), delta(text), FINISH]
    with FaultServer(stream_answer(*events)) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", text)
        as_json = call("ask", "hi", "--url", server.base_url, "--model", text, "--json")
    assert not leaks((done.out + done.err).encode(), text)
    assert as_json.out.isascii()
    assert as_json.json["answer"] == text


@pytest.mark.parametrize("text", ["[/]", "[link='x", "[INST] hi [/INST]", "[@click=app.quit]x[/]", "a[1,2]"])
def test_brackets_are_text(call: Call, text: str) -> None:
    from tests.support.fault_server import stream_answer
    from tests.support.stream_samples import FINISH, delta

    with FaultServer(stream_answer(delta(text), FINISH)) as server:
        assert call("ask", "hi", "--url", server.base_url, "--model", "m").out == text + "\n"


@pytest.mark.parametrize("text", ["👩\u200d👩\u200d👧 ❤️ 1️⃣", "می\u200cخواهم", "क्\u200dष e\u0301"])
def test_a_sequence_that_streams_in_parts_stays_whole(call: Call, text: str) -> None:
    from tests.support.fault_server import stream_answer
    from tests.support.stream_samples import FINISH, delta

    thought = [delta(character, field="reasoning_content") for character in text]
    with FaultServer(stream_answer(*thought, *map(delta, text), FINISH)) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", "m")
    assert done.out == text + "\n"
    assert text in done.err


def test_marks_without_end_and_a_second_text_are_seen_however_they_stream(call: Call) -> None:
    from tests.support.fault_server import stream_answer
    from tests.support.stream_samples import FINISH, delta

    hidden = "".join(chr(0xE0100 + byte) for byte in b"secret")
    with FaultServer(
        stream_answer(delta("a"), *[delta("\u0488")] * 50, *map(delta, hidden), FINISH)
    ) as server:
        done = call("ask", "hi", "--url", server.base_url, "--model", "m")
    assert done.out == "a" + "\u0488" * 8 + "\ufffd" * 6 + "\n"
