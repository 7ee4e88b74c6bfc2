"""``lmdeck check`` as used by users and scripts: text, JSON, exit codes."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Answer, FaultServer, refused_port
from tests.support.json_schema import violations
from tests.support.payloads import PAYLOADS, leaks
from tests.support.terminal import private_environment
from tui.core import diagnosis
from tui.core.diagnosis import CHAT_CHECKS, CheckId
from tui.core.report_text import LABELS
from tui.demo.server import DemoServer
from tui.ui.bindings import BY_IDENTIFIER

SCHEMA = json.loads((Path(diagnosis.__file__).parent / "check.schema.json").read_text())
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    server = DemoServer(rate=5000)
    yield server.start()
    server.stop()


def words(text: str) -> str:
    """The text on one line: wrapping is not what is tested."""
    return " ".join(text.split())


def test_all_is_well_as_json(program: Call, demo: str) -> None:
    done = program("check", demo, "--model", "demo-plain", "--json")
    report = done.json
    assert (done.code, done.err) == (0, "")
    assert list(violations(report, SCHEMA)) == []
    assert list(report) == SCHEMA["required"]
    assert (report["ok"], report["exit_code"], report["verdict"]) == (True, 0, None)
    assert report["endpoint"] == {"url": demo, "model": "demo-plain", "key": None}
    assert [check["id"] for check in report["checks"]] == [str(check) for check in CHAT_CHECKS]
    assert "demo-plain" in report["models"]
    assert report["timings_ms"]["ttft"] > 0


def test_all_is_well_as_text(program: Call, demo: str) -> None:
    done = program("check", demo, "--model", "demo-plain")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Checking {demo} · model demo-plain\nSends one short chat: about 60 tokens")
    assert "✓ Speed" in done.out
    assert "The endpoint works" in done.out
    assert "Used " in done.out.splitlines()[-1]
    assert "\x1b" not in done.out


def test_a_quick_check_spends_nothing(program: Call, demo: str) -> None:
    text = program("check", demo, "--quick")
    report = program("check", demo, "--quick", "--json").json
    assert "Uses no tokens." in text.out
    assert "Used" not in text.out
    skipped = {check["id"] for check in report["checks"] if check["status"] == "skipped"}
    assert {"chat", "stream", "usage", "reasoning", "speed"} <= skipped
    assert text.code == report["exit_code"] == 0


NO_MODEL = Answer(b'{"error": {"message": "The model `m` does not exist."}}', status="404 Not Found")
OUT_OF_MEMORY = Answer(b'{"error": {"message": "CUDA out of memory"}}', status="500 Internal Server Error")


@pytest.mark.parametrize(
    ("api", "cause"),
    [
        (FakeApi(), None),
        (FakeApi(models=model_list("qwen-3-8b"), chat=NO_MODEL), "model-not-found"),
        (FakeApi(models=model_list()), None),
        (FakeApi(models=model_list(), chat=NO_MODEL), "model-not-found"),
        (FakeApi(key="Bearer other"), "auth"),
        (FakeApi(base="/api/v1"), "wrong-path"),
        (FakeApi(chat="truncated-chunked"), "stream-truncated"),
        (FakeApi(chat=OUT_OF_MEMORY), "server-error"),
    ],
)
def test_text_and_json_agree(call: Call, api: FakeApi, cause: str | None) -> None:
    with FaultServer(api) as server:
        url = server.base_url
        as_json = call("check", url, "--model", "m", "--json")
        as_text = call("check", url, "--model", "m", "-v")
    report = as_json.json
    assert list(violations(report, SCHEMA)) == []
    assert as_json.code == as_text.code == report["exit_code"] == (0 if cause is None else 1)
    assert (report["verdict"] or {}).get("cause") == cause
    shown = words(as_text.out)
    for check in report["checks"]:
        mark = {"ok": "✓", "warning": "!", "failed": "✗", "skipped": "·"}[check["status"]]
        assert f"{mark} {LABELS[CheckId(check['id'])]} " in shown
        assert check["advice"] is None or words(check["advice"]) in shown
    if cause is not None:
        assert words(report["verdict"]["title"]) in shown
        assert words(report["verdict"]["advice"]) in shown


def test_the_words_of_a_failure_end_the_text(call: Call) -> None:
    with refused_port() as port:
        done = call("check", f"http://127.0.0.1:{port}/v1")
        report = call("check", f"http://127.0.0.1:{port}/v1", "--json").json
    assert done.code == 1
    verdict = report["verdict"]
    assert verdict["cause"] == "connection-refused"
    end = words(done.out.rpartition("\n\n")[2])
    assert end.startswith(words(f"{verdict['title']} {verdict['advice']}"))
    assert "HTTP " not in done.out, "what was not tried is counted, not listed"
    assert f"nothing listens on port {port}" in words(done.out)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("localhost:1/v1", "url-no-scheme"),
        ("ftp://127.0.0.1/v1", "url-bad-scheme"),
        ("http://user:hunter2@127.0.0.1:1/v1", "url-credentials"),
        ("http://127.0.0.1:99999", "url-bad-port"),
    ],
)
def test_a_wrong_url_is_a_wrong_configuration(call: Call, url: str, cause: str) -> None:
    done = call("check", url, "--json")
    text = call("check", url)
    assert (done.code, text.code, done.json["verdict"]["cause"]) == (2, 2, cause)
    assert done.json["exit_code"] == call("ask", "hi", "--url", url).code == 2
    assert list(violations(done.json, SCHEMA)) == []
    assert "hunter2" not in done.out + text.out


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["check", "nobody"], "provider-unknown"),
        (["check"], "usage"),
        (["check", "demo", "--deep", "--quick"], "usage"),
    ],
)
def test_wrong_usage_is_no_failed_check(call: Call, arguments: list[str], cause: str) -> None:
    as_json, as_text = call(*arguments, "--json"), call(*arguments)
    assert as_json.code == as_text.code == as_json.json["exit_code"] == 2
    assert list(violations(as_json.json, SCHEMA)) == []
    assert as_json.json["verdict"]["cause"] == cause
    assert as_json.json["verdict"]["title"] in as_text.err


def test_the_closest_name_is_told(call: Call) -> None:
    assert "demo" in call("check", "dmeo").err


def test_a_repair_is_a_command_to_type(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(FakeApi(models=model_list("m 1", "other"))) as server:
        url = server.base_url.removesuffix("/v1")
        done = call("check", url, "--model", "m 1")
        assert (done.code, f"Try it: lmdeck check {url}/v1 --model 'm 1'\n" in done.out) == (1, True)
        monkeypatch.setenv("SOME_KEY", KEY)
        done = call("check", url, "--quick", "--model", "m n", "--key-env", "SOME_KEY")
        assert f"Try it: lmdeck check {url}/v1 --model 'm n' --key-env SOME_KEY\n" in done.out
        done = call("check", f"{url}/v1", "--model", "m 2", "--quick")
        assert "--model 'm 1'" in done.out


def test_a_repair_of_a_provider_is_a_command_that_mends_it(call: Call) -> None:
    with FaultServer(FakeApi(models=model_list("m 1", "other"))) as server:
        url = server.base_url.removesuffix("/v1")
        assert call("providers", "add", "mine", "--url", url, "--model", "m 2").code == 0
        for command in (f"--url {url}/v1", "--model 'm 1'"):
            done = call("check", "mine")
            assert f"To apply it: lmdeck providers set mine {command}\n" in done.out
            assert call("providers", "set", "mine", *shlex.split(command)).code == 0
        assert "To apply it" not in call("check", "mine").out


def test_a_model_named_beside_a_provider_is_mended_there_and_not_in_the_provider(call: Call) -> None:
    with FaultServer(FakeApi(models=model_list("m n"))) as server:
        assert call("providers", "add", "mine", "--url", server.base_url, "--model", "m n").code == 0
        assert "Try it: lmdeck check mine\n" in call("check", "mine", "-m", "m m").out
        assert call("providers", "set", "mine", "--model", "other").code == 0
        assert "Try it: lmdeck check mine --model 'm n'\n" in call("check", "mine", "-m", "m m").out


def test_a_repair_that_may_send_a_key_elsewhere_is_applied_where_that_is_asked(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    with FaultServer(FakeApi()) as server:
        url = server.base_url.removesuffix("/v1")
        added = call("providers", "add", "mine", "--url", url, "--model", "m", "--key-env", "SOME_KEY")
        assert added.code == 0
        done = call("check", "mine")
    assert done.code == 1
    diagnose, apply = (BY_IDENTIFIER[name].keys for name in ("providers.diagnose", "diagnosis.apply"))
    assert (diagnose, apply) == ("d", "A"), "the keys that the text names"
    assert "press d on mine, then A" in done.out
    assert done.out.startswith("Checking mine: ")


def test_a_key_is_shown_by_its_source_alone(program: Call) -> None:
    with FaultServer(FakeApi(key=f"Bearer {KEY}")) as server:
        arguments = ("check", server.base_url, "--model", "m", "--key-env", "MY_KEY")
        report = program(*arguments, "--json", MY_KEY=KEY)
        text = program(*arguments, "-v", MY_KEY=KEY)
        assert any(f"Bearer {KEY}".encode() in request for request in server.requests)
    assert (report.code, report.json["endpoint"]["key"]) == (0, "env:MY_KEY (…cdef)")
    assert "$MY_KEY" in text.out
    assert KEY not in report.out + report.err + text.out + text.err


def test_a_key_that_cannot_be_had_is_a_wrong_configuration(call: Call) -> None:
    with FaultServer(FakeApi()) as server:
        done = call("check", server.base_url, "--key-env", "NOT_SET", "--json")
        assert server.requests == []
    assert (done.code, done.json["verdict"]["cause"]) == (2, "key-unavailable")
    assert list(violations(done.json, SCHEMA)) == []


def test_ascii_where_nothing_else_can_be_shown(program: Call) -> None:
    with refused_port() as port:
        done = program("check", f"http://127.0.0.1:{port}/v1", "-v", PYTHONIOENCODING="ascii")
    assert done.out.isascii()
    assert "?" not in done.out
    assert "xx Connection" in done.out
    assert "ok URL" in done.out
    assert "-- HTTP" in done.out


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_payload_passes(call: Call, name: str) -> None:
    text = PAYLOADS[name]
    with FaultServer(FakeApi(models=model_list(text, owned_by=text))) as server:
        done = call("check", server.base_url, "-v", "--quick")
        as_json = call("check", server.base_url, "--quick", "--json")
    assert not leaks((done.out + done.err).encode(), text)
    assert as_json.out.isascii()


def test_what_changed_since_the_last_check_is_told(call: Call) -> None:
    api = FakeApi(models=model_list("m", "old"))
    with FaultServer(api) as server:
        call("check", server.base_url, "--model", "m", "--quick")
        api.models = model_list("m", "new")
        done = call("check", server.base_url, "--model", "m", "--quick")
    assert "Since the last check:" in done.out
    assert "no longer served: old" in done.out
    assert "newly served: new" in done.out


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=private_environment(tmp_path / "home"),
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_check_tells_what_was_found(tmp_path: Path, number: signal.Signals) -> None:
    with FaultServer("silence") as server:
        process = start(tmp_path, "check", server.base_url, "--json")
        wait_for(lambda: server.requests)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    report: dict[str, Any] = json.loads(out)
    assert (process.returncode, report["exit_code"], report["ok"], err) == (
        128 + number,
        128 + number,
        False,
        "",
    )
    assert list(violations(report, SCHEMA)) == []
    assert {check["id"]: check["status"] for check in report["checks"]}["tcp"] == "ok"
