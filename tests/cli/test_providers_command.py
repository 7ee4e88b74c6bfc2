"""``lmdeck providers`` and the other commands that read and change files."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

ADD = ("providers", "add", "qwen", "--url", "http://gpu01:8000/v1", "--model", "Qwen/Qwen3-8B")


def test_a_first_run_has_the_built_in_providers(call: Call) -> None:
    report = call("providers", "list", "--json").json
    assert report["schema_version"] == 1
    assert [provider["name"] for provider in report["providers"]] == ["smollm2", "demo"]
    assert all(provider["is_remote"] for provider in report["providers"])


def test_added_shown_made_default_and_removed(call: Call) -> None:
    added = call(*ADD, "--input-price", "0.00005", "--output-price", "0", "--key-env", "QWEN_KEY")
    assert added.code == 0, added.err
    shown = call("providers", "show", "qwen", "--json").json["provider"]
    assert shown["input_price"] == "0.00005"
    assert shown["output_price"] == "0"
    assert shown["key"] == "env:QWEN_KEY"
    assert call("providers", "default", "qwen").code == 0
    listed = call("providers", "list", "--json").json["providers"]
    assert [provider["name"] for provider in listed if provider["is_default"]] == ["qwen"]
    assert call("providers", "remove", "qwen").code == 0
    assert call("providers", "show", "qwen").code == 2


def test_a_built_in_provider_can_be_the_default(call: Call) -> None:
    assert call("providers", "default", "demo").code == 0
    listed = call("providers", "list", "--json").json["providers"]
    assert [provider["name"] for provider in listed if provider["is_default"]] == ["demo"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("providers", "add", "bad name", "--url", "http://h/v1", "--model", "m"),
        ("providers", "add", "n", "--url", "http://h/v1", "--model", " "),
        ("providers", "add", "n", "--url", "http://user:word@h/v1", "--model", "m"),
        ("providers", "add", "n", "--url", "http://h:0/v1", "--model", "m"),
        (*ADD, "--input-price", "-1"),
        (*ADD, "--input-price", "NaN"),
        (*ADD, "--currency", "DOGE"),
        ("providers", "remove", "demo"),
        ("providers", "default", "nobody"),
        ("providers", "import", "/no/such/file.json"),
    ],
)
def test_bad_input_is_two_sentences_and_2(call: Call, home: Path, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) >= 2
    assert "Traceback" not in done.err
    assert not (home / "config" / "lmdeck" / "providers.toml").exists()


def test_the_same_name_is_not_overwritten(call: Call) -> None:
    assert call(*ADD).code == 0
    assert call(*ADD).code == 2


def test_a_stored_key_is_private_and_leaves_only_when_asked_for(program: Call, tmp_path: Path) -> None:
    key = "sk-canary-0123456789abcdef"
    added = program(*ADD, "--key-stdin", stdin=f"{key}\n".encode())
    assert added.code == 0, added.err
    outputs = [added, program("providers", "list"), program("providers", "show", "qwen", "--json")]
    outputs.append(program("providers", "export"))
    assert all(key not in done.out + done.err for done in outputs)
    credentials = tmp_path / "home" / "config" / "lmdeck" / "credentials.toml"
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert key not in (credentials.parent / "providers.toml").read_text()
    assert key in program("providers", "export", "--with-keys").out


def test_casibase_records_come_in_and_go_out_with_every_digit(call: Call, tmp_path: Path) -> None:
    record = {
        "owner": "admin",
        "name": "provider_x1",
        "displayName": "Infini",
        "category": "Model",
        "type": "Local",
        "subType": "custom-model",
        "clientSecret": "sk-secret-123456",
        "providerUrl": "https://cloud.infini-ai.com/maas/v1",
        "compatibleProvider": "deepseek-r1",
        "inputPricePerThousandTokens": 0.00005,
        "outputPricePerThousandTokens": 0.0002,
        "currency": "CNY",
        "state": "Active",
    }
    file = tmp_path / "records.json"
    file.write_text(json.dumps([record]))
    assert call("providers", "import", str(file)).code == 0
    (exported,) = json.loads(call("providers", "export", "provider_x1", "--with-keys").out)
    for name, value in record.items():
        assert exported[name] == value, name
    again = call("providers", "import", str(file))
    assert "not changed" in again.err


def test_a_malformed_file_is_said_aloud_and_stays_as_it_is(call: Call, home: Path) -> None:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    (folder / "providers.toml").write_text("[providers.x\nurl = ")
    listed = call("providers", "list")
    assert listed.code == 0
    assert "providers.toml" in listed.err
    refused = call(*ADD)
    assert refused.code == 2
    assert "line 1" in refused.err
    assert "your providers are not changed" in refused.err
    assert (folder / "providers.toml").read_text() == "[providers.x\nurl = "
    assert not [path for path in folder.iterdir() if "corrupt" in path.name]


@pytest.mark.parametrize("answer", ["ctrl+d", "no\r"])
def test_without_a_yes_nothing_is_forgotten(tmp_path: Path, answer: str) -> None:
    environment = private_environment(tmp_path)
    with TerminalProgram(lmdeck("forget", "keys"), environment) as terminal:
        terminal.wait_for("Type yes")
        terminal.send_bytes(b"\x04" if answer == "ctrl+d" else answer.encode())
        terminal.wait_for("Nothing deleted.")
        assert terminal.wait() == 1


def test_paths_and_forget(call: Call) -> None:
    assert call(*ADD).code == 0
    places = {place["what"]: place for place in call("paths", "--json").json["paths"]}
    assert places["Providers"]["exists"]
    refused = call("forget", "keys")
    assert refused.code == 2
    done = call("forget", "keys", "conversations", "caches", "--yes")
    assert (done.code, "No keys to delete." in done.out) == (0, True)
    assert call("providers", "show", "qwen").code == 0


def test_the_screens_need_a_terminal(program: Call) -> None:
    done = program()
    assert done.code == 2
    assert "terminal" in done.err
    assert done.out == ""


def test_a_provider_is_shown_in_words(call: Call) -> None:
    body = ("--extra-body", '{"top_k": 20, "stop": ["a"]}', "--header", "X-Team: red")
    assert (
        call("providers", "add", "mine", "--url", "https://a/v1", "--model", "m", "--insecure", *body).code
        == 0
    )
    lines = {
        line[:22].strip(): line[22:].strip() for line in call("providers", "show", "mine").out.splitlines()
    }
    assert (lines["is default"], lines["is remote"], lines["allow unencrypted key"]) == ("no", "no", "no")
    assert lines["extra headers"] == "X-Team: •••"
    assert lines["tls"] == "insecure: yes"
    assert lines["extra body"] == 'top_k: 20; stop: ["a"]'
