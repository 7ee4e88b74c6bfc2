"""The server's own message: in full, innermost first, below a failure in all interfaces."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tests.support.stream_samples import delta

LONG = (
    "The decisive word stands at the end of this sentence, behind more than seventy-two characters: flamingo."
)
KEY = "sk_live_0123456789abcdef"


def refusal(body: object, status: str = "400 Bad Request") -> Answer:
    return Answer(json.dumps(body).encode(), status=status)


def mid_stream(event: object) -> Fault:
    """Return a chat that sends some text, then an event that tells an error."""

    def chat(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        text = event if isinstance(event, str) else json.dumps(event)
        connection.send_chunks(delta("par"), f"data: {text}\n\n".encode(), b"data: [DONE]\n\n")
        connection.send(b"0\r\n\r\n")

    return chat


RAW = {
    "error": {
        "message": "Provider returned error",
        "code": 400,
        "metadata": {"raw": json.dumps({"error": {"message": LONG}}), "provider_name": "Crucible"},
    }
}
CASES: dict[str, Fault] = {
    "plain": refusal({"error": {"message": LONG}}),
    "detail": refusal({"detail": LONG}),
    "detail in detail": refusal({"detail": {"error": {"message": LONG}}}),
    "json in a string": refusal({"detail": json.dumps({"error": {"message": LONG}})}),
    "raw": refusal(RAW),
    "litellm": refusal(
        {
            "error": {
                "message": f"litellm.APIError: XException - {json.dumps({'message': LONG})}",
                "code": "400",
            }
        }
    ),
    "python": refusal({"error": {"message": f"litellm.APIError: XException - {{'detail': '{LONG}'}}"}}),
    "server error": refusal({"error": {"message": LONG, "code": 500}}, "500 Internal Server Error"),
    "forbidden": refusal({"error": {"message": LONG}}, "403 Forbidden"),
    "inside a choice": mid_stream(
        {
            "choices": [
                {"index": 0, "delta": {}, "finish_reason": "error", "error": {"code": 502, "message": LONG}}
            ]
        }
    ),
    "plain words": mid_stream(f"[ERROR] {LONG}"),
}


@pytest.fixture(params=list(CASES))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with FaultServer(FakeApi(chat=CASES[request.param])) as server:
        yield server.base_url


def words(text: str) -> str:
    return " ".join(text.split())


def test_is_whole_in_ask_and_check(call: Call, url: str) -> None:
    asked = call("ask", "hi", "--url", url)
    assert asked.code == 1
    assert LONG.rstrip(".") in asked.err
    told = call("ask", "hi", "--url", url, "--json").json["error"]
    assert LONG.rstrip(".") in told["server_message"]
    checked = call("check", url)
    assert LONG.rstrip(".") in words(checked.out)
    report = call("check", url, "--json").json
    assert LONG.rstrip(".") in report["verdict"]["server_message"]
    assert report["verdict"]["server_message"] in [entry["server_message"] for entry in report["checks"]]
    assert report["verdict"]["cause"] == told["cause"]


def test_its_counts_have_separators(call: Call) -> None:
    message = "This model's maximum context length is 32768 tokens. However, you requested 45000 tokens."
    with FaultServer(FakeApi(chat=refusal({"error": {"message": message}}))) as server:
        told = words(call("ask", "hi", "--url", server.base_url).err)
    assert "The prompt (45,000 tokens) and its answer exceed the model's context of 32,768 tokens." in told
    assert message in told, "its own words stay"


def test_names_who_passed_the_words_on(call: Call) -> None:
    with FaultServer(FakeApi(chat=refusal(RAW))) as server:
        told = call("ask", "hi", "--url", server.base_url, "--json").json["error"]
    assert told["server_message"] == f"{LONG} (Crucible: Provider returned error)"


def test_is_shown_in_the_plain_chat(
    call: Call, monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import io
    import sys

    with FaultServer(FakeApi(chat=refusal({"error": {"message": LONG}}))) as server:
        assert call("providers", "add", "p", "--url", server.base_url, "--model", "m").code == 0
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hi\n/quit\n")))
        done = call("chat", "p", "--plain")
    assert f"The server says: {LONG}" in done.out


def test_control_sequences_and_keys_of_the_server_take_no_effect(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", KEY)
    evil = refusal({"error": {"message": f"\x1b[2J{KEY} ``` \u202e {LONG}"}})
    with FaultServer(FakeApi(chat=evil)) as server:
        url = server.base_url
        for arguments in (("ask", "hi", "--url"), ("check",)):
            done = call(*arguments, url, "--key-env", "K")
            assert KEY not in done.out + done.err
            assert not {"\x1b", "\u202e"} & set(done.out + done.err)


# The report for a ticket


def test_a_report_of_a_failing_endpoint_has_all_that_is_needed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", KEY)
    body = {"error": {"message": f"{LONG} ````\n# no heading {KEY}", "code": 500}}
    target = tmp_path / "ticket.md"
    with FaultServer(FakeApi(chat=refusal(body, "500 Internal Server Error"))) as server:
        url = server.base_url
        done = call("check", url, "--key-env", "K", "--report", str(target))
    text = target.read_text()
    assert done.code == 1
    assert "✗ Chat" in done.out
    assert str(target) in done.err
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert KEY not in text
    assert KEY.replace("_", "\\_") not in text
    for part in (LONG, "server-error", "## Versions", "- Python: 3", "## Environment", "curl -sS", "$K", url):
        assert part in text, part
    outside = outside_of_fences(text)
    assert "no heading" not in outside
    assert [line for line in outside.splitlines() if line.startswith("# ")] == ["# lmdeck check"]


def outside_of_fences(text: str) -> str:
    """Return what a Markdown reader takes for text and headings."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    return "\n".join(
        f"{'# ' if token.tag == 'h1' else ''}{inline.content}"
        for token, inline in pairwise(tokens)
        if token.type in ("heading_open", "paragraph_open")
    )


def test_a_report_goes_to_stdout_alone(call: Call) -> None:
    with FaultServer(FakeApi(models=model_list("m"))) as server:
        done = call("check", server.base_url, "--report", "-")
    assert done.code == 0
    assert done.out.startswith("# lmdeck check\n")
    assert "The endpoint works." in done.out
    assert "curl -sS" in done.out


def test_a_report_replaces_the_named_file_only(call: Call, tmp_path: Path) -> None:
    target, neighbour = tmp_path / "ticket.md", tmp_path / "ticket.md.bak"
    target.write_text("old")
    neighbour.write_text("mine")
    with FaultServer(FakeApi()) as server:
        call("check", server.base_url, "--report", str(target), "--replace", "--json")
    assert target.read_text().startswith("# lmdeck check")
    assert neighbour.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"ticket.md", "ticket.md.bak"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--report", "/nonexistent/folder/ticket.md"),
        ("--report", "/tmp"),
        ("--report", "-", "--json"),
        ("--report", "-", "--watch", "1"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    call: Call, arguments: tuple[str, ...]
) -> None:
    with FaultServer(FakeApi()) as server:
        done = call("check", server.base_url, *arguments)
        assert done.code == 2
        assert server.requests == []


def test_a_report_of_everything_is_refused(call: Call) -> None:
    assert call("check", "--all", "--report", "-").code == 2
