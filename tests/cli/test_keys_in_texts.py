"""API keys in texts from a server: erased from output, files and later requests."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import tomli_w

from tests.support.commands import Call, Done
from tests.support.encodings import ENCODINGS
from tests.support.fake_api import FINISH_EVENT, STREAM_END, USAGE_EVENT, FakeApi, model_list
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tests.support.stream_samples import delta
from tui.core.api_key_search import MASK
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import resolve_paths

WORDS = ["ollama", "EMPTY", "lm-studio", "password", "test", "token-abc123"]
REAL = [
    "sk-abcdef0123456789",
    "Zq8+mV/x0Rt7L=k9",
    "sk-a.b*c(d)[e]{2}$1^2|x?",
    "p\"ss&w<rd'42\\n9",
    "Tr0ub4dor",
]
SECRET_HEADERS = [
    "X-Auth", "X-Credential", "X-Passwd", "X-Session-Id", "X-Signature", "CF-Access-Client-Secret", "Cookie",
]  # fmt: skip
PROGRAMS = [("ask", "hi", "--json"), ("check", "main", "-v"), ("check", "main", "--report", "-")]


def environment_of(home: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")}


def write_deck(home: Path, url: str, key: str | None = None, **fields: object) -> None:
    """Write a deck with one provider, ``main``, and store its key."""
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, object] = {"provider_url": url, "compatible_provider": "m", **fields}
    if key is not None:
        CredentialStore(resolve_paths(environment_of(home))).put("main", Secret(key))
        record["api_key"] = "stored"
    deck = {"schema": 1, "defaults": {"Model": "main"}, "providers": {"main": record}}
    (folder / "providers.toml").write_text(tomli_w.dumps(deck))


def streaming(*events: bytes, headers: Mapping[str, str] | None = None) -> Fault:
    """Return a chat that streams these events with every answer."""

    def chat(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream(*(f"{name}: {value}" for name, value in (headers or {}).items()))
        connection.send_chunks(*events, FINISH_EVENT, USAGE_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    return chat


def pieces(text: str, size: int, field: str = "content") -> Iterator[bytes]:
    return (delta(text[start : start + size], field=field) for start in range(0, len(text), size))


def bodies(server: FaultServer) -> list[dict[str, list[dict[str, str]]]]:
    """Return what the chats were asked."""
    posts = [request for request in server.requests if request.startswith(b"POST")]
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in posts]


def journal_of(home: Path) -> str:
    """Return the text of the saved answers, and of whatever else the journals say."""
    files = list((home / "data" / "lmdeck" / "conversations").glob("*.jsonl"))
    assert files
    records = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    answers = "".join(str(record["text"]) for record in records if record.get("record") == "delta")
    return answers + json.dumps(records, ensure_ascii=False)


def encoded(key: str) -> str:
    """Return a text with the key in every encoding."""
    return "".join(f"<{name}> {encode(key)} " for name, encode in ENCODINGS.items())


def assert_erased(key: str, text: str) -> None:
    for name, encode in ENCODINGS.items():
        form = encode(key)
        assert form not in text, name
        assert json.dumps(form)[1:-1] not in text, name
        assert json.dumps(form, ensure_ascii=False)[1:-1] not in text, name


# -- words that serve as keys -----------------------------------------------------------------------


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_serves_as_a_key_stays_in_every_answer(program: Call, tmp_path: Path, word: str) -> None:
    home = tmp_path / "home"
    text = f'Set api_key="{word}": the {word}, {word}s and {json.dumps(word)} are words.'
    with FaultServer(FakeApi(chat=streaming(*pieces(text, 4)), key=f"Bearer {word}")) as server:
        write_deck(home, server.base_url, word)
        assert text in program("ask", "hi").out
        assert program("ask", "hi", "--json").json["answer"] == text
        server.requests.clear()
        chat = program("chat", "--plain", stdin=f"say {word}\nagain\n".encode())
    assert chat.out.count(text) == 2
    first, second = bodies(server)
    assert first["messages"][-1]["content"] == f"say {word}"
    assert second["messages"][1]["content"] == text
    journal = journal_of(home)
    assert journal.startswith(text * 2)
    assert MASK not in journal


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_serves_as_a_key_is_masked_where_keys_stand(
    call: Call, tmp_path: Path, word: str
) -> None:
    home = tmp_path / "home"
    echo = {"X-Echo-Authorization": f"Bearer {word}"}
    models = Answer(model_list("m").body, headers=echo)
    with FaultServer(FakeApi(models=models, chat=streaming(delta("ok"), headers=echo))) as server:
        write_deck(home, server.base_url, word, extra_headers={"X-Auth": f"Token {word}"})
        outs = [
            call("check", "main", "-v"),
            call("check", "main", "--report", "-"),
            call("providers", "show", "main"),
            call("providers", "show", "main", "--json"),
            call("providers", "list"),
            call("providers", "export"),
        ]
    for done in outs:
        assert done.code == 0
        said = done.out.replace(str(tmp_path), "").lower()
        assert f"bearer {word}".lower() not in said
        assert f"token {word}".lower() not in said
        assert f'"{word}"'.lower() not in said
    assert '-H "Authorization: Bearer $' in outs[0].out
    assert "-H 'X-Auth: '\"$X_AUTH\"" in outs[1].out


# -- real keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", REAL)
def test_the_model_gets_its_own_words_back_and_the_journal_has_no_key(
    program: Call, tmp_path: Path, key: str
) -> None:
    home = tmp_path / "home"
    text = encoded(key)
    chat = streaming(*pieces(text, 7, "reasoning_content"), *pieces(text, 5))
    with FaultServer(FakeApi(chat=chat)) as server:
        write_deck(home, server.base_url, key)
        done = program("chat", "--plain", stdin=f"my key is {key}\nagain\n".encode())
    first, second = bodies(server)
    assert first["messages"][-1]["content"] == f"my key is {key}"
    assert second["messages"][0]["content"] == f"my key is {key}"
    assert second["messages"][1]["content"] == text
    assert MASK in done.out
    assert_erased(key, done.out + done.err)
    assert_erased(key, journal_of(home))


def speaking(key: str) -> FakeApi:
    """Return a server that says the key in every field of good answers."""
    text = encoded(key)
    headers = {"X-Request-Id": key, "X-Debug": text, "Server": f"S {key}", "X-Note": f"a {key} b"}
    arguments = json.dumps({"key": key, "all": text})
    call = {"index": 0, "id": f"call_{key}", "function": {"name": f"f {key}", "arguments": ""}}
    parts = [{"index": 0, "function": {"arguments": arguments[at : at + 6]}} for at in range(0, 900, 6)]
    calls = [{"choices": [{"index": 0, "delta": {"tool_calls": [part]}}]} for part in (call, *parts)]
    last = {"id": key, "model": f"model {text}", "system_fingerprint": text}
    end = {**last, "choices": [{"index": 0, "delta": {}, "finish_reason": text}]}
    events = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in (*calls, end)]
    chat = streaming(
        *pieces(text, 7, "reasoning_content"),
        *pieces(text, 5),
        b"data: {bad " + text.encode() + b"\n\n",
        *events,
        headers=headers,
    )
    models = model_list("m", f"m {key}", *(encode(key) for encode in ENCODINGS.values()), owned_by=text)
    return FakeApi(models=Answer(models.body, headers=headers), chat=chat)


def refusing(key: str) -> FakeApi:
    """Return a server that says the key in every field of its refusals, escaped as PHP and .NET do it."""
    error = {"message": f"wrong {encoded(key)}", "type": key, "code": key, "param": key}
    body = json.dumps({"error": error, "detail": [{"loc": [key], "msg": encoded(key), "input": key}]})
    for mark in "/+&='<":
        body = body.replace(mark, "\\/" if mark == "/" else f"\\u{ord(mark):04X}")
    headers = {"X-Request-Id": key, "WWW-Authenticate": f'Bearer error="{key}"'}
    refusal = Answer(body.encode(), status=f"401 No {key}", headers=headers)
    return FakeApi(models=refusal, chat=refusal)


def paging(key: str) -> FakeApi:
    """Return a gateway that says the key in a web page, and sends elsewhere with it."""
    page = Answer(f"<h1>{encoded(key)}</h1>".encode(), status="502 Bad Gateway", content_type="text/html")
    there = Answer(b"", status="307 Elsewhere", headers={"Location": f"https://other.invalid/?k={key}"})
    return FakeApi(models=page, chat=there)


@pytest.mark.parametrize("key", REAL)
@pytest.mark.parametrize("server_of", [speaking, refusing, paging])
def test_no_command_shows_a_real_key(
    call: Call, tmp_path: Path, server_of: Callable[[str], FakeApi], key: str
) -> None:
    home = tmp_path / "home"
    with FaultServer(server_of(key)) as server:
        write_deck(home, server.base_url, key)
        for arguments in PROGRAMS:
            done = call(*arguments)
            assert MASK in done.out or "\\u2022" in done.out
            assert_erased(key, done.out + done.err)
    assert any(key.encode() in request for request in server.requests), "the server knows the key"


def test_a_key_that_a_broken_stream_cuts_is_erased(call: Call, tmp_path: Path) -> None:
    key = "sk-abcdef0123456789"

    def chat(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(*pieces(f"the key {key[:-2]}", 3))

    with FaultServer(FakeApi(chat=chat)) as server:
        write_deck(tmp_path / "home", server.base_url, key)
        done = call("ask", "hi")
    assert done.code == 1
    assert done.out.strip() == f"the key {MASK}"


@pytest.mark.parametrize("text", ["a stratus9x b", "a xstratus9 b", "1stratus9 stratus92"])
def test_a_key_inside_a_longer_word_stays(call: Call, tmp_path: Path, text: str) -> None:
    with FaultServer(FakeApi(chat=streaming(*pieces(text, 2)))) as server:
        write_deck(tmp_path / "home", server.base_url, "stratus9")
        assert call("ask", "hi").out.strip() == text


# -- secret headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *((name, "Token {}") for name in SECRET_HEADERS),
        *(("X-Auth", form) for form in ("{}", "a=1; sid={}; theme=dark", "Basic {basic}")),
    ],
)
def test_no_command_shows_a_part_of_a_secret_header(call: Call, tmp_path: Path, name: str, form: str) -> None:
    home, secret = tmp_path / "home", "Zq81mVx0Rt7LkPw9"
    login = base64.b64encode(f"user:{secret}".encode()).decode()
    value = form.format(secret, basic=login)
    said = f"{value} | {secret} | {login} | {encoded(secret)}"
    with FaultServer(refusing(secret)) as server:
        server_of_words = FakeApi(chat=streaming(*pieces(said, 6)))
        with FaultServer(server_of_words) as talking:
            write_deck(home, server.base_url, extra_headers={name: value})
            outs = [call("check", "main", "--report", "-"), call("providers", "show", "main")]
            outs.append(call("providers", "export"))
            write_deck(home, talking.base_url, extra_headers={name: value})
            outs.append(call("ask", "hi", "--json"))
    assert any(f"{name}: {value}".lower().encode() in request.lower() for request in server.requests)
    for done in outs:
        assert_erased(secret, done.out + done.err)
        assert login[:-4] not in done.out + done.err
    assert f"-H '{name}: '\"${name.replace('-', '_').upper()}\"" in outs[0].out


# -- proxies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_no_command_shows_the_password_of_a_proxy(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    secret = "Zq8+mV/x0Rt7L=k9"
    login = base64.b64encode(f"someone:{secret}".encode()).decode()
    said = f"{encoded(secret)} {login} someone:{secret}"
    page = Answer(said.encode(), status="407 Proxy Authentication Required", content_type="text/plain")
    with FaultServer(page, path="") as proxy:
        write_deck(tmp_path / "home", "http://models.invalid/v1")
        url = f"http://someone:Zq8%2BmV%2Fx0Rt7L%3Dk9@127.0.0.1:{proxy.port}"
        monkeypatch.setenv(variable, url)
        outs: list[Done] = [call(*arguments) for arguments in PROGRAMS]
    assert any(login.encode() in request for request in proxy.requests), "the proxy was told"
    for done in outs:
        assert done.code == 1
        assert_erased(secret, done.out + done.err)
        assert login[:-4] not in done.out + done.err


def test_no_answer_shows_the_password_of_a_proxy(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "Zq81mVx0Rt7LkPw9"

    def answer(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(*pieces(f"it is {encoded(secret)}", 5), FINISH_EVENT, STREAM_END)
        connection.send(b"0\r\n\r\n")

    with FaultServer(answer, path="") as proxy:
        write_deck(tmp_path / "home", "http://models.invalid/v1")
        monkeypatch.setenv("http_proxy", f"http://someone:{secret}@127.0.0.1:{proxy.port}")
        done = call("ask", "hi")
    assert done.code == 0
    assert done.out.startswith(f"it is <plain> {MASK} ")
    assert_erased(secret, done.out + done.err)


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_a_key_in_the_extra_body_is_a_key(call: Call, home: Path, program: tuple[str, ...]) -> None:
    key = REAL[1]
    echo = json.dumps({"error": {"message": f"no budget for {key}", "type": "x"}}).encode()
    api = FakeApi(chat=Answer(echo, "400 Bad Request"))
    with FaultServer(api) as server:
        write_deck(home, server.base_url, extra_body={"metadata": {"gateway_key": key}})
        done = call(*program)
        assert any(json.dumps(key).encode() in request for request in server.requests)
    shown = call("providers", "show", "main", "--json")
    assert "no budget for" in done.out + done.err
    assert key not in done.out + done.err + shown.out
    assert key not in json.dumps(done.out + done.err)
    assert json.loads(shown.out)["provider"]["extra_body"] == {"metadata": {"gateway_key": MASK}}
