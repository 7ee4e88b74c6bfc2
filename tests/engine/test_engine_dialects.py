"""The program with a real llama.cpp: reasoning, errors, slots, speed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine_client import fetch, needs_engine
from tests.support.chatting import MemoryOfAdaptations
from tests.support.check_runner import run_check
from tests.support.commands import Done
from tests.support.terminal import lmdeck as command_line
from tests.support.terminal import private_environment
from tui.core.chat import ChatRequest, Endpoint, Message, Role
from tui.core.diagnosis import CheckId, CheckResult
from tui.core.events import AnswerDelta, Progress, StreamEvent, StreamFailed
from tui.core.parts import parts_of
from tui.core.provider import Sampling
from tui.core.secret import Redactor
from tui.demo.engine import EngineAddress, EngineProcess
from tui.net.chat import ChatClient, RequestTimeouts
from tui.net.client import ClientFactory
from tui.net.machine.system import system_below
from tui.net.probe.target import ProbeLimits, ProbeTarget

pytestmark = [pytest.mark.engine, needs_engine]

MODEL = "SmolLM2-135M-Instruct"
KEY_VARIABLE = "ENGINE_KEY"
THINKING_TEMPLATE = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' }}"
    "{%- if message.reasoning_content %}{{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}"
    "{%- endif %}{{- message.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}"
    "{%- endif %}{%- endif %}"
)
"""A template of a model that thinks: llama.cpp sends the reasoning in a field of its own."""
THINKING_GRAMMAR = r'root ::= "<think>\n" [a-zA-Z ,.]{20,60} "\n</think>\n\n" [a-zA-Z ,.]{10,60}'
"""Makes any model think aloud, in tags."""
SHORT_GRAMMAR = r'root ::= "<think>" [a-z] "</think>" [a-z]'
"""The same, short enough for what a check spends."""
SECONDS = 120.0
"""For anything that must happen, however busy the machine."""
PATIENT = ProbeLimits(
    answer_seconds=30,
    probe_seconds=30,
    headers_seconds=SECONDS,
    idle_seconds=SECONDS,
    loading_seconds=SECONDS,
    loading_interval_seconds=0.1,
)
LONG = RequestTimeouts(headers_seconds=SECONDS, idle_seconds=SECONDS, retries=0)


class Lmdeck:
    """The program with a private home, and providers for one engine."""

    def __init__(self, home: Path, address: EngineAddress) -> None:
        self._environment = private_environment(home, **{KEY_VARIABLE: address.key.reveal()})
        self._file = home / "config" / "lmdeck" / "providers.toml"
        self._file.parent.mkdir(parents=True, mode=0o700)
        self._url = address.base_url

    def configure(self, **extra_body: object) -> None:
        """Make ``engine`` the one provider; its requests carry ``extra_body``."""
        body = "".join(f"{name} = {json.dumps(value)}\n" for name, value in extra_body.items())
        self._file.write_text(
            f'schema = 1\n\n[providers.engine]\nprovider_url = "{self._url}"\n'
            f'compatible_provider = "{MODEL}"\napi_key = "env:{KEY_VARIABLE}"\n\n'
            f"[providers.engine.extra_body]\n{body}",
            encoding="utf-8",
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            command_line(*arguments),
            env={**self._environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> Done:
        """Run a command that prints JSON; its exit code must be the one that the JSON tells."""
        with self.start(*arguments, "--json", **variables) as process:
            out, err = process.communicate(timeout=SECONDS)
        assert out, err
        done = Done(process.returncode, out, err)
        assert done.json.get("exit_code", done.code) == done.code
        return done


@pytest.fixture
def lmdeck(tmp_path: Path, address: EngineAddress) -> Lmdeck:
    program = Lmdeck(tmp_path / "home", address)
    program.configure()
    return program


@pytest.fixture(scope="module")
def thinking_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineAddress]:
    """An engine whose template thinks."""
    process = EngineProcess(
        tmp_path_factory.mktemp("thinking") / "engine.log", chat_template=THINKING_TEMPLATE
    )
    yield asyncio.run(process.start())
    process.stop()


def is_processing(address: EngineAddress) -> bool:
    """Return whether the engine's only slot is busy, as ``/slots`` shows it."""
    (slot,) = json.loads(fetch(address, "/slots")[1])
    return bool(slot["is_processing"])


def requests_processing(address: EngineAddress) -> float:
    """Return the same as ``/metrics`` shows it."""
    lines = fetch(address, "/metrics")[1].decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("llamacpp:requests_processing"))


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def _check(report: dict[str, Any], identity: str) -> dict[str, Any]:
    return next(check for check in report["checks"] if check["id"] == identity)


# --- what it says ---


def test_tags_that_a_grammar_forces_into_the_content_are_reasoning(lmdeck: Lmdeck) -> None:
    lmdeck.configure(grammar=THINKING_GRAMMAR, reasoning_format="none")
    done = lmdeck.run("ask", "Write about the sea.", "--max-tokens", "120")
    assert done.code == 0
    assert len(done.json["reasoning"]) >= 20
    assert len(done.json["answer"].strip()) >= 10
    assert "think>" not in done.json["reasoning"] + done.json["answer"]


def test_tags_are_reasoning_in_an_answer_that_comes_whole(lmdeck: Lmdeck) -> None:
    lmdeck.configure(grammar=THINKING_GRAMMAR, reasoning_format="none")
    done = lmdeck.run("ask", "Write about the sea.", "--max-tokens", "120", "--no-stream")
    assert done.code == 0
    assert len(done.json["reasoning"]) >= 20
    assert "think>" not in done.json["reasoning"] + done.json["answer"]


def test_a_template_that_thinks_sends_reasoning_in_its_own_field(
    thinking_address: EngineAddress, tmp_path: Path
) -> None:
    program = Lmdeck(tmp_path / "home", thinking_address)
    program.configure(grammar=THINKING_GRAMMAR)
    done = program.run("ask", "Write about the sea.", "--max-tokens", "120")
    assert done.code == 0
    assert len(done.json["reasoning"]) >= 20
    assert len(done.json["answer"].strip()) >= 10
    assert done.json["usage"]["source"] == "reported"


def test_the_check_says_where_the_reasoning_stands(thinking_address: EngineAddress, tmp_path: Path) -> None:
    program = Lmdeck(tmp_path / "home", thinking_address)
    program.configure(grammar=SHORT_GRAMMAR, temperature=0)
    checks = {check["id"]: check for check in program.run("check", "engine").json["checks"]}
    assert checks["reasoning"]["status"] == "ok"
    assert "reasoning_content" in " ".join(checks["reasoning"]["facts"])


def test_all_of_the_budget_spent_on_thinking_is_said(lmdeck: Lmdeck) -> None:
    lmdeck.configure(grammar=r'root ::= "<think>\n" [a-zA-Z ,.]{200,600}', reasoning_format="none")
    done = lmdeck.run("ask", "Write about the sea.", "--max-tokens", "24")
    assert done.json["error"]["cause"] == "thinking-ate-budget"
    assert done.json["reasoning"]


# --- what it refuses ---


@pytest.mark.parametrize("command", ["ask", "check"])
def test_a_wrong_key_is_told_with_its_source_and_not_shown(lmdeck: Lmdeck, command: str) -> None:
    target = ["ask", "Hi", "-p", "engine"] if command == "ask" else ["check", "engine"]
    done = lmdeck.run(*target, **{KEY_VARIABLE: "sk-wrong-0123456789"})
    failure = done.json["error"] if command == "ask" else done.json["verdict"]
    assert done.code == 1
    assert failure["cause"] == "auth"
    text = json.dumps(done.json)
    assert KEY_VARIABLE in text
    assert "sk-wrong-0123456789" not in text


def test_a_prompt_beyond_the_window_is_told_with_both_numbers(lmdeck: Lmdeck) -> None:
    done = lmdeck.run("ask", "word " * 6000)
    error = done.json["error"]
    assert done.code == 1
    assert error["cause"] == "context-too-long"
    said = f"{error['title']} {error['advice']}".replace(",", "")
    assert "4096" in said
    assert any(int(number) > 6000 for number in re.findall(r"\d+", said)), said


def test_a_path_that_does_not_exist_is_a_wrong_path_and_the_right_one_is_offered(
    lmdeck: Lmdeck, address: EngineAddress
) -> None:
    wrong = address.base_url.removesuffix("/v1") + "/api"
    done = lmdeck.run("check", wrong, "--key-env", KEY_VARIABLE)
    assert done.code == 1
    assert done.json["verdict"]["cause"] == "wrong-path"
    assert address.base_url in done.json["verdict"]["advice"]
    assert f"{address.base_url} does" in _check(done.json, "http")["facts"], "it was tried"
    asked = lmdeck.run("ask", "Hi", "--url", wrong, "--model", MODEL, "--key-env", KEY_VARIABLE)
    assert asked.json["error"]["cause"] == "wrong-path"


def test_a_model_name_that_it_does_not_have_is_answered_and_remarked_on(lmdeck: Lmdeck) -> None:
    report = lmdeck.run("check", "engine", "--model", "gpt-4").json
    models = _check(report, "models")
    assert report["ok"], "llama.cpp answers to any name"
    assert models["status"] == "warning"
    assert models["cause"] == "model-not-found"
    assert "some servers accept any name" in models["advice"]
    assert f"offers {MODEL}" in models["facts"]


# --- while it loads ---


@asynccontextmanager
async def loading_engine(log: Path) -> AsyncIterator[tuple[str, int, asyncio.Task[EngineAddress]]]:
    """Yield the URL of an engine that listens and has not loaded its model yet; it is stopped with SIGSTOP.

    Continue it when a request is on its way: it is answered while the model is being loaded.
    """
    engine = EngineProcess(log)
    starting = asyncio.create_task(engine.start())
    try:
        port = None
        while port is None:
            assert not starting.done(), "it was ready before its port was seen"
            await asyncio.sleep(0)
            if engine.process_id is not None:
                port = await asyncio.to_thread(_port_of, engine.process_id)
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGSTOP)
        yield f"http://127.0.0.1:{port}/v1", engine.process_id, starting
    finally:
        if engine.process_id is not None:
            os.kill(engine.process_id, signal.SIGCONT)
        await starting
        engine.stop()


def _port_of(process_id: int) -> int | None:
    held = system_below(Path("/")).listeners([process_id], None)
    return next((listener.port for listener, holder in held if holder == process_id), None)


@asynccontextmanager
async def chat_client() -> AsyncIterator[ChatClient]:
    """Yield the chat's own client."""
    redactor = Redactor()
    factory = ClientFactory({}, redactor=redactor)
    await asyncio.to_thread(factory.warm)
    yield ChatClient(factory, memory=MemoryOfAdaptations(), redactor=redactor)
    await factory.aclose()


def chat_request(prompt: str, max_tokens: int) -> ChatRequest:
    return ChatRequest(MODEL, (Message(Role.USER, parts_of(prompt)),), Sampling(max_tokens=max_tokens))


async def test_a_model_that_is_being_loaded_is_told(tmp_path: Path) -> None:
    async with loading_engine(tmp_path / "engine.log") as (url, process_id, _), chat_client() as client:
        stream = client.stream(Endpoint(url), chat_request("Hi", 8), timeouts=LONG)
        async with aclosing(stream) as batches:
            events: list[StreamEvent] = []
            async for batch in batches:
                events += batch.events
                if any(isinstance(event, Progress) and event.stage == "sent" for event in batch.events):
                    os.kill(process_id, signal.SIGCONT)
    assert isinstance(events[-1], StreamFailed)
    assert events[-1].failure.cause == "loading"
    assert events[-1].failure.status == 503


# --- Esc and Ctrl+C ---


async def test_stopping_a_stream_frees_the_slot(address: EngineAddress) -> None:
    async with chat_client() as client:
        endpoint = Endpoint(address.base_url, address.key)
        request = ChatRequest(
            MODEL,
            (Message(Role.USER, parts_of("Count from one to a thousand.")),),
            Sampling(max_tokens=3000),
            extra_body={"ignore_eos": True},
        )
        async with aclosing(client.stream(endpoint, request, timeouts=LONG)) as batches:
            async for batch in batches:
                if any(isinstance(event, AnswerDelta) for event in batch.events):
                    break
            assert await asyncio.to_thread(is_processing, address)
    await asyncio.to_thread(until, lambda: not is_processing(address), "the slot is still busy")
    await asyncio.to_thread(until, lambda: requests_processing(address) == 0, "a request is still counted")


def test_ctrl_c_frees_the_slot(lmdeck: Lmdeck, address: EngineAddress) -> None:
    lmdeck.configure(ignore_eos=True)
    with lmdeck.start("ask", "Count from one to a thousand.", "--max-tokens", "3000") as process:
        assert process.stdout is not None
        assert process.stdout.read(1)
        assert is_processing(address)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    until(lambda: not is_processing(address), "the slot is still busy")


# --- what a check tells ---


def test_a_check_knows_kind_build_model_window_and_speed(lmdeck: Lmdeck) -> None:
    done = lmdeck.run("check", "engine")
    report = done.json
    speed = _check(report, "speed")
    assert done.code == 0
    assert report["server"]["kind"] == "llama.cpp"
    assert report["server"]["evidence"]
    assert report["server"]["version"] or any(
        fact.startswith("build ") for fact in _check(report, "server")["facts"]
    )
    assert report["models"] == [MODEL]
    assert report["context_window"] == 4096, "as served, not as trained"
    assert any(fact.startswith("the server reports") and "% here" in fact for fact in speed["facts"]), speed


async def test_a_check_waits_for_a_model_that_is_being_loaded(tmp_path: Path) -> None:
    progress: list[str] = []
    async with loading_engine(tmp_path / "engine.log") as (url, process_id, _):

        def go_on(result: CheckResult) -> None:
            if result.id is CheckId.TCP:  # the next check is the first that needs an answer
                os.kill(process_id, signal.SIGCONT)

        report = await run_check(
            ProbeTarget(Endpoint(url)), limits=PATIENT, on_result=go_on, on_progress=progress.append
        )
    assert progress[0].startswith("The model is loading")
    assert "waited 0 s of at most" in progress[0]
    assert report.verdict is not None
    assert report.verdict.cause == "auth", "it waited until the server was ready to ask for the key"


async def test_a_check_that_does_not_wait_tells_that_it_is_loading(tmp_path: Path) -> None:
    async with loading_engine(tmp_path / "engine.log") as (url, process_id, _):

        def go_on(result: CheckResult) -> None:
            if result.id is CheckId.TCP:
                os.kill(process_id, signal.SIGCONT)

        limits = replace(PATIENT, loading_seconds=0.0)
        report = await run_check(ProbeTarget(Endpoint(url)), limits=limits, on_result=go_on)
    assert report.verdict is not None
    assert report.verdict.cause == "loading"
