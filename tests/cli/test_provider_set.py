"""``lmdeck providers add`` and ``set``: all fields of the form as options; others are unchanged."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Call

ADD = ("providers", "add", "qwen", "--url", "http://gpu01:8000/v1", "--model", "Qwen/Qwen3-8B")
SET = ("providers", "set", "qwen")
KEY = "sk-canary-0123456789abcdef"


def file_of(home: Path) -> Path:
    return home / "config" / "lmdeck" / "providers.toml"


def record(home: Path, name: str = "qwen") -> dict[str, Any]:
    """Return what the file has, without what is the same in all of these tests."""
    found: dict[str, Any] = tomllib.loads(file_of(home).read_text())["providers"][name]
    fixed = {"category": "Model", "provider_url": "http://gpu01:8000/v1", "state": "Active"}
    return {key: value for key, value in found.items() if key != "created_time" and fixed.get(key) != value}


EVERYTHING: dict[tuple[str, ...], dict[str, Any]] = {
    ("--display-name", "Qwen on the cluster"): {"display_name": "Qwen on the cluster"},
    ("--category", "embedding"): {"category": "Embedding"},
    ("--input-price", "0.00005"): {"input_price": "0.00005"},
    ("--output-price", "0"): {"output_price": "0"},
    ("--currency", "eur"): {"currency": "EUR"},
    ("--key-env", "A_KEY"): {"api_key": "env:A_KEY"},
    ("--key-file", "~/.key"): {"api_key": "file:~/.key"},
    ("--key-command", "pass show 'a b'"): {"api_key": "cmd:pass show 'a b'"},
    ("--state", "INACTIVE"): {"state": "Inactive"},
    ("--inactive",): {"state": "Inactive"},
    ("--test-prompt", "Say moo"): {"test_prompt": "Say moo"},
    ("--thinking", "High"): {"thinking": "high"},
    ("--send-back", "when-demanded"): {"send_back": "when-demanded"},
    ("--system-prompt", "Be brief.\nBe kind."): {"system_prompt": "Be brief.\nBe kind."},
    ("--temperature", "0.7"): {"temperature": 0.7},
    ("--top-p", "0.9"): {"top_p": 0.9},
    ("--frequency-penalty", "-0.5"): {"frequency_penalty": -0.5},
    ("--presence-penalty", "2"): {"presence_penalty": 2.0},
    ("--max-tokens", "1024"): {"max_tokens": 1024},
    ("--key-header", "x-api-key"): {"key_header": "x-api-key"},
    ("--allow-unencrypted-key",): {"allow_unencrypted_key": True},
    ("--header", "X-Team: red", "--header", "X-Org: a:b"): {
        "extra_headers": {"X-Team": "red", "X-Org": "a:b"}
    },
    ("--extra-body", '{"top_k": 20}'): {"extra_body": {"top_k": 20}},
    ("--ca-file", "~/ca.pem"): {"tls": {"ca_file": "~/ca.pem"}},
    ("--client-certificate", "/c.pem", "--client-key", "/k.pem"): {
        "tls": {"client_certificate": "/c.pem", "client_key": "/k.pem"}
    },
    ("--pin", "ab" * 32): {"tls": {"pinned_sha256": "ab" * 32}},
    ("--pin", "SHA256 Fingerprint=" + ":".join(["AB"] * 32)): {"tls": {"pinned_sha256": "ab" * 32}},
    ("--insecure",): {"tls": {"insecure": True}},
}


@pytest.mark.parametrize("flags", EVERYTHING, ids=" ".join)
def test_both_commands_write_every_field(call: Call, home: Path, flags: tuple[str, ...]) -> None:
    assert call(*ADD, *flags).code == 0
    added = record(home)
    assert added == {"compatible_provider": "Qwen/Qwen3-8B", **EVERYTHING[flags]}
    assert call("providers", "remove", "qwen").code == 0
    assert call(*ADD).code == 0
    done = call(*SET, *flags)
    assert (done.code, done.out) == (0, "Changed qwen.\n"), done.err
    assert record(home) == added


@pytest.mark.parametrize("flags", EVERYTHING, ids=" ".join)
def test_what_is_cleared_is_as_if_it_was_never_given(call: Call, home: Path, flags: tuple[str, ...]) -> None:
    assert call(*ADD).code == 0
    before = record(home)
    assert call(*SET, *flags).code == 0
    names = [flag.removeprefix("--") for flag in flags if flag.startswith("--")]
    fields = {"inactive": "state", "key-env": "api-key", "key-file": "api-key", "key-command": "api-key"}
    cleared = [f"--clear={fields.get(name, name)}" for name in names]
    assert call(*SET, *cleared).code == 0
    assert record(home) == before


@pytest.mark.parametrize(
    "flags",
    [flags for flags in EVERYTHING if len(flags) == 2 and not flags[0].startswith(("--key-", "--header"))],
    ids=" ".join,
)
def test_an_empty_value_clears_too(call: Call, home: Path, flags: tuple[str, ...]) -> None:
    assert call(*ADD).code == 0
    before = record(home)
    assert call(*SET, *flags).code == 0
    done = call(*SET, flags[0], "")
    assert done.code == 0, done.err
    assert record(home) == before


@pytest.mark.parametrize("body", ["[1]", '["x"]', "[]", "3", '"text"', "[ 1 ]"])
def test_an_extra_body_that_is_no_object_is_refused(call: Call, home: Path, body: str) -> None:
    assert call(*ADD).code == 0
    before = record(home)
    done = call(*SET, "--extra-body", body)
    assert done.code == 2
    assert "JSON object" in " ".join(done.err.split())
    assert record(home) == before


def test_what_of_an_extra_body_is_never_sent_is_told(call: Call, home: Path) -> None:
    done = call(*ADD, "--extra-body", '{"model": "x", "messages": [], "top_k": 1}')
    assert done.code == 0
    assert "model, messages in the extra body is never sent" in " ".join(done.err.split())
    assert record(home)["extra_body"]["top_k"] == 1


def test_a_header_that_looks_like_a_secret_is_told_where_it_is_stored(call: Call, home: Path) -> None:
    added = call(*ADD, "--header", "X-Auth-Token: s3cr3t-value", "--header", "X-Team: red")
    changed = call(*SET, "--header", "Cookie: sid=s3cr3t-value")
    for done, name in ((added, "X-Auth-Token"), (changed, "Cookie")):
        words = " ".join(done.err.split())
        assert done.code == 0
        assert f"header {name} is unencrypted in ~/config/lmdeck/providers.toml" in words
        assert "--key-env" in words
        assert "s3cr3t" not in words
        assert words.count("is unencrypted in") == 1
    assert call(*SET, "--header", "X-Team: blue").err == ""


@pytest.mark.parametrize("given", ["f.pem", "./f.pem", "sub/f.pem", "~/f.pem", "/f.pem"])
def test_the_path_of_a_flag_means_the_same_in_every_folder(
    call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.chdir(tmp_path)
    flags = ("--ca-file", given, "--client-certificate", given, "--client-key", given, "--key-file", given)
    assert call(*ADD, *flags).code == 0
    full = given if given.startswith("~") else str(tmp_path / given)
    written = record(home)
    assert written["tls"] == dict.fromkeys(("ca_file", "client_certificate", "client_key"), full)
    assert written["api_key"] == f"file:{full}"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("[providers.qwen.tls]\nca_file = 'f.pem'", "ca_file"),
        ("[providers.qwen.tls]\nclient_certificate = 'f.pem'", "client_certificate"),
        ("[providers.qwen.tls]\nclient_certificate = '/f.pem'\nclient_key = 'f.pem'", "client_key"),
        ("api_key = 'file:f.pem'", "api_key"),
    ],
)
def test_a_relative_path_in_the_file_is_told_and_never_looked_up(
    call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, field: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.pem").write_text("secret-of-this-folder")
    Path("f.pem").chmod(0o600)
    file = file_of(home)
    file.parent.mkdir(parents=True)
    head = "[providers.qwen]\ncompatible_provider = 'm'\nprovider_url = 'https://127.0.0.1:9/v1'\n"
    file.write_text(head + line + "\n")
    told = " ".join(call("providers", "list").err.split())
    assert f"{field}: Write the full path of the file" in told
    asked = call("ask", "hello", "-p", "qwen")
    assert asked.code in (1, 2)
    assert "the path is relative" in " ".join(asked.err.split())


def test_what_is_not_given_stays_to_the_letter(call: Call, home: Path) -> None:
    file = file_of(home)
    file.parent.mkdir(parents=True)
    text = (
        "# mine\nschema = 1\n\n[providers.qwen] # here\ncompatible_provider = 'm'\n"
        "provider_url = 'http://localhost:8000/v1'\ninput_price = 0.150 # per the contract\n"
        "temperature = 0.5 # mild\ncolour = 'red'\n\n[providers.qwen.extra_headers]\nX-Team = 'red'\n\n"
        "[providers.other]\ncompatible_provider = 'n'\nprovider_url = 'http://h/v1'\n"
    )
    file.write_text(text)
    file.chmod(0o600)
    assert call(*SET, "--temperature", "0.6").code == 0
    assert file.read_text() == text.replace("0.5 #", "0.6 #")


def test_the_default_and_the_name_can_be_given(call: Call, home: Path) -> None:
    assert call(*ADD).code == 0
    done = call(*SET, "--rename", "big", "--default")
    assert (done.code, done.out) == (0, "Changed big (renamed from qwen).\n")
    assert tomllib.loads(file_of(home).read_text())["defaults"] == {"Model": "big"}
    assert call("providers", "set", "big", "--clear", "default").code == 0
    assert "defaults" not in tomllib.loads(file_of(home).read_text())
    assert call("providers", "show", "qwen").code == 2


def test_headers_are_given_one_by_one(call: Call, home: Path) -> None:
    assert call(*ADD, "--header", "X-A: 1", "--header", "X-B: 2").code == 0
    assert call(*SET, "--header", "x-a: 3").code == 0
    assert record(home)["extra_headers"] == {"X-B": "2", "x-a": "3"}
    assert call(*SET, "--clear", "header", "--header", "X-C: 4").code == 0
    assert record(home)["extra_headers"] == {"X-C": "4"}
    assert call(*SET, "--header", "X-D: 5", "--header", "x-c:").code == 0
    assert record(home)["extra_headers"] == {"X-D": "5"}
    assert call(*SET, "--header", "X-D:").code == 0
    assert "extra_headers" not in record(home)


def test_a_pin_as_a_tool_prints_it_stays_so_in_the_file(call: Call, home: Path) -> None:
    assert call(*ADD, "--pin", "ab" * 32).code == 0
    colons = ":".join(["AB"] * 32)
    file_of(home).write_text(file_of(home).read_text().replace("ab" * 32, colons))
    assert call(*SET, "--temperature", "0.5").code == 0
    assert record(home)["tls"] == {"pinned_sha256": colons}
    assert call(*SET, "--pin", f"sha256:{'AB' * 32}").out.endswith("Nothing changed.\n")
    assert call("providers", "show", "qwen", "--json").json["provider"]["tls"] == {"pinned_sha256": "ab" * 32}


def test_an_output_price_of_an_embedding_is_kept_and_said_to_be_unused(call: Call, home: Path) -> None:
    added = call(*ADD, "--category", "Embedding", "--output-price", "3")
    assert (added.code, record(home)["output_price"]) == (0, "3")
    assert "output price is kept, but not used" in added.err
    assert call(*SET, "--output-price", "bad").code == 2
    assert "not used" not in call(*SET, "--category", "Model").err
    changed = call(*SET, "--category", "Embedding")
    assert (changed.out, record(home)["output_price"]) == ("Changed qwen.\n", "3")
    assert "not used" in changed.err
    assert call(*SET, "--output-price", "").err == ""
    assert "output_price" not in record(home)


def test_nothing_to_change_is_said(call: Call, home: Path) -> None:
    assert call(*ADD, "--temperature", "0.7").code == 0
    before = file_of(home).read_bytes()
    done = call(*SET, "--temperature", "0.70")
    assert (done.code, done.out) == (0, "qwen already has these values. Nothing changed.\n")
    assert file_of(home).read_bytes() == before
    without = call(*SET)
    assert without.code == 2
    assert "no field to change" in without.err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--temperature", "9"), "Temperature must be a number from 0 to 2"),
        (("--max-tokens", "1.5"), "Max tokens must be a whole number"),
        (("--input-price", "-1"), "A price can't be negative"),
        (("--currency", "DOGE"), "Use one of USD"),
        (("--pin", "zz"), "64 digits"),
        (("--client-key", "/k.pem"), "needs its certificate"),
        (("--header", "no header"), "--header takes one NAME: VALUE"),
        (("--header", ": x"), "--header takes one NAME: VALUE"),
        (("--header", "X-A: 1\nX-B: 2"), "--header takes one NAME: VALUE"),
        (("--header", "X-None:"), "no header X-None to remove"),
        (("--header", ""), "value is empty"),
        (("--header", "Host: x"), "lmdeck sets Host itself"),
        (("--extra-body", "{"), "JSON object"),
        (("--extra-body", '{"a": "\\ud800"}'), "unpaired surrogate"),
        (("--system-prompt", "caf\udce9"), "System prompt is not UTF-8"),
        (("--ca-file", "caf\udce9.pem"), "CA file is not UTF-8"),
        (("--key-file", "caf\udce9"), "API key is not UTF-8"),
        (("--header", "X-A: caf\udce9"), "Extra headers is not UTF-8"),
        (("--key-env", "not a name"), "env: needs the name of a variable"),
        (("--rename", "bad name"), "Use only letters"),
        (("--rename=-x",), "hyphen"),
        (("--rename", "other"), "This name is already used"),
        (("--url", "ftp://h/v1"), "http"),
        (("--model", " "), "model name"),
        (("--thinking", "much"), "choose from default, off"),
        (("--clear", "temperature", "--temperature", "0.5"), "--clear temperature and a new value"),
        (("--clear", "key", "--key-env", "KEY"), "contradict each other"),
        (("--clear", "state", "--inactive"), "--clear state and a new value"),
        (("--clear", "colour"), "is not a field: use one of"),
        (("--clear", "model"), "model name"),
    ],
)
def test_what_the_form_refuses_is_refused_in_its_words(
    call: Call, home: Path, flags: tuple[str, ...], said: str
) -> None:
    assert call(*ADD).code == 0
    assert call("providers", "add", "other", "--url", "http://h/v1", "--model", "m").code == 0
    before = file_of(home).read_bytes()
    done = call(*SET, *flags)
    assert done.code == 2
    assert said.lower() in done.err.lower()
    assert "Traceback" not in done.err
    assert file_of(home).read_bytes() == before
    if flags[0] not in ("--rename", "--clear") and flags[1:] != ("X-None:",):
        assert call("providers", "add", "new", *ADD[3:], *flags).code == 2


UNREADABLE = {
    "thinking": "thinking = 'much'",
    "temperature": "temperature = 'warm'",
    "key": "api_key = 'sk-in-the-file'",
    "header": "[providers.qwen.extra_headers]\nX-Team = 1",
    "pin": "[providers.qwen.tls]\npinned_sha256 = 'zz'",
    "ca-file": "tls = 'none'",
    "insecure": "[providers.qwen.tls]\ninsecure = 'maybe'\nca_file = '/ca.pem'",
}


@pytest.mark.parametrize("field", UNREADABLE)
def test_a_value_that_cannot_be_read_is_cleared_too(call: Call, home: Path, field: str) -> None:
    file = file_of(home)
    file.parent.mkdir(parents=True)
    start = "[providers.qwen]\ncompatible_provider = 'm'\nprovider_url = 'http://localhost:8000/v1'\n"
    file.write_text(start + "colour = 'red'\n" + UNREADABLE[field] + "\n")
    file.chmod(0o600)
    assert "qwen" in call("providers", "list").err
    done = call(*SET, "--clear", field)
    assert (done.code, done.out) == (0, "Changed qwen.\n"), done.err
    left = tomllib.loads(file.read_text())["providers"]["qwen"]
    kept = {"tls": {"ca_file": "/ca.pem"}} if field == "insecure" else {}
    known = {"compatible_provider": "m", "provider_url": "http://localhost:8000/v1", "colour": "red"}
    assert {key: left[key] for key in left if key not in ("category", "state")} == {**known, **kept}
    again = call(*SET, "--clear", field)
    assert (again.code, again.out) == (0, "qwen already has these values. Nothing changed.\n")


def test_a_field_may_be_cleared_in_two_ways_at_once(call: Call, home: Path) -> None:
    assert call(*ADD, "--temperature", "0.7").code == 0
    assert call(*SET, "--clear", "temperature", "--temperature", "").code == 0
    assert "temperature" not in record(home)


def test_a_refusal_names_the_provider_and_the_flag(call: Call, home: Path) -> None:
    assert call(*ADD).code == 0
    assert call("providers", "add", "other", "--url", "http://h/v1", "--model", "m").code == 0
    renamed = call(*SET, "--rename", "other").err
    assert "qwen" in renamed and "Change --rename." in renamed
    assert "Change --model." in call(*SET, "--model", " ").err
    assert "Change the key." in call(*SET, "--key-env", "").err
    assert "not set" not in call(*SET, "--thinking", "bogus").err
    taken = call("providers", "add", "other", "--url", "http://h/v1", "--model", "m")
    assert (taken.code, "already a provider" in taken.err) == (2, True)


@pytest.mark.parametrize("name", ["demo", "nobody"])
def test_what_cannot_be_edited_cannot_be_set(call: Call, home: Path, name: str) -> None:
    done = call("providers", "set", name, "--temperature", "1")
    assert done.code == 2
    assert ("read-only" if name == "demo" else "no provider") in done.err
    assert not file_of(home).exists()


def test_a_key_over_plain_http_is_pointed_out_and_its_permission_is_of_one_host(
    call: Call, home: Path
) -> None:
    added = call(*ADD, "--key-env", "A_KEY")
    assert "would travel unencrypted to gpu01" in added.err
    assert call(*SET, "--allow-unencrypted-key").err == ""
    assert call(*SET, "--url", "http://gpu01:9000/v1").err == ""
    assert "unencrypted to elsewhere" in call(*SET, "--url", "http://elsewhere/v1").err
    assert "allow_unencrypted_key" not in record(home)


def test_a_key_on_stdin_is_stored_and_never_shown(program: Call, tmp_path: Path) -> None:
    outputs = [program(*ADD), program(*SET, "--key-stdin", stdin=f"{KEY}\n".encode())]
    outputs += [program("providers", "show", "qwen"), program(*SET, "--temperature", "1")]
    assert [done.code for done in outputs] == [0, 0, 0, 0]
    assert all(KEY not in done.out + done.err for done in outputs)
    home = tmp_path / "home"
    assert record(home)["api_key"] == "stored"
    assert KEY in (home / "config" / "lmdeck" / "credentials.toml").read_text()
    for piped in (b"env:OTHER\n", b"", b" \n"):  # a program that failed prints nothing: the key stays
        assert program(*SET, "--key-stdin", stdin=piped).code == 2
    assert record(home)["api_key"] == "stored"
    assert program(*SET, "--clear", "api-key").code == 0
    assert "api_key" not in record(home)
    assert KEY not in (home / "config" / "lmdeck" / "credentials.toml").read_text()


def test_show_has_what_can_be_set(call: Call) -> None:
    flags = [
        flag
        for given in EVERYTHING
        if given[0] not in ("--category", "--key-env", "--key-file", "--inactive")
        for flag in given
    ]
    assert call(*ADD, *flags).code == 0
    shown = call("providers", "show", "qwen", "--json").json["provider"]
    assert shown["system_prompt"] == "Be brief.\nBe kind."
    assert (shown["temperature"], shown["max_tokens"], shown["send_back"]) == (0.7, 1024, "when-demanded")
    assert shown["key"] == "cmd:pass show 'a b'"
    assert shown["tls"]["pinned_sha256"] == "ab" * 32
    assert shown["extra_headers"] == {"X-Team": "•••", "X-Org": "•••"}
    lines = call("providers", "show", "qwen").out
    assert "system prompt" in lines
    assert "Say moo" in lines
