"""``lmdeck providers import``: all or nothing, a line per record, and no reference without consent."""

from __future__ import annotations

import codecs
import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.store.disk_support import BrokenDisk
from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.provider_schema import FIELDS
from tui.store import disk, import_text
from tui.store.casibase_export import KEYS

KEY = "sk-import-0123456789abcdef"


def record(name: str, **more: object) -> dict[str, object]:
    return {
        "name": name,
        "category": "Model",
        "type": "Local",
        "providerUrl": "http://gpu01:8000/v1",
        "compatibleProvider": "m",
        **more,
    }


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write records, a text or bytes to a file and return its path."""

    def write(content: object) -> str:
        file = tmp_path / "records.json"
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        file.write_bytes(data)
        return str(file)

    return write


def names(call: Call) -> list[str]:
    listed = call("providers", "list", "--json").json["providers"]
    return [provider["name"] for provider in listed if not provider["is_remote"]]


def files(home: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in (home / "config").rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


# -- the report -------------------------------------------------------------------------------------


def test_there_is_a_line_on_each_record_in_the_order_of_the_file(call: Call, written: Any) -> None:
    assert call("providers", "import", written([record("kept")])).code == 0
    done = call(
        "providers",
        "import",
        written(
            [
                record("good", isDefault=True),
                record("本地模型"),
                record("kept"),
                record("store", category="Storage"),
                record("nourl", providerUrl="ftp://x"),
                "no record",
                record("demo"),
                record("good"),
            ]
        ),
    )
    lines = [line for line in (done.out + done.err).splitlines() if line[:8].strip() in done_words()]
    assert done.code == 1
    assert sorted(line.split()[0] for line in lines) == ["imported"] * 3 + ["kept"] * 2 + ["left"] * 3
    assert "Imported 3 of 8 providers." in done.out
    assert "record 6" in done.err
    assert "not changed; add --replace" in done.err
    assert "a read-only provider has this name" in done.err
    assert names(call) == ["kept", "good", "provider-44ac5390", "good-2"]
    shown = call("providers", "show", "provider-44ac5390", "--json").json["provider"]
    assert shown["display_name"] == "本地模型"


def test_a_name_that_differs_from_another_only_in_case_is_noted_once(call: Call, written: Any) -> None:
    assert call("providers", "import", written([record("qwen")])).code == 0
    file = written([record("Qwen"), record("new"), record("NEW")])
    done = call("providers", "import", file)
    assert names(call) == ["qwen", "Qwen", "new", "NEW"]
    assert done.out.count("differ only in upper and lower case") == 2
    again = call("providers", "import", file, "--replace")
    assert (again.code, "differ only" in again.out) == (0, False)


def done_words() -> set[str]:
    return {"imported", "replaced", "kept", "left out"}


def test_a_second_import_changes_nothing(call: Call, home: Path, written: Any) -> None:
    file = written(
        [record("a b"), record("本地"), record("x"), record("x"), record("café"), record("y" * 200)]
    )
    assert call("providers", "import", file).code == 0
    before, first = files(home), names(call)
    again = call("providers", "import", file)
    assert "Imported 0 of 6" in again.out
    assert (files(home), names(call)) == (before, first)
    replaced = call("providers", "import", file, "--replace")
    assert replaced.out.count("replaced") == 6
    assert names(call) == first


def test_a_made_name_never_stands_for_somebody_elses_provider(call: Call, written: Any) -> None:
    call("providers", "import", written([record("a-b", providerUrl="http://own/v1")]))
    done = call("providers", "import", written([record("a b", providerUrl="http://new/v1")]), "--replace")
    assert "replaced" not in done.out
    assert names(call) == ["a-b", "a-b-2"]
    assert call("providers", "show", "a-b", "--json").json["provider"]["url"] == "http://own/v1"


def test_the_default_that_there_is_stays(call: Call, written: Any) -> None:
    call("providers", "import", written([record("first", isDefault=True)]))
    done = call("providers", "import", written([record("second", isDefault=True)]))
    assert "not the default: first stays the default." in done.out
    listed = call("providers", "list", "--json").json["providers"]
    assert [provider["name"] for provider in listed if provider["is_default"]] == ["first"]


def test_what_has_no_place_and_what_changes_is_said_once(call: Call, written: Any) -> None:
    priced = {"inputPricePerThousandTokens": 0, "outputPricePerThousandTokens": 0}
    done = call(
        "providers", "import", written([record(f"p{n}", providerKey="x", topP=1, **priced) for n in range(3)])
    )
    assert done.err.count("providerKey") == 1
    assert "3 providers at Casibase's defaults" in done.err
    assert "3 providers with prices of 0: imported as unknown" in done.err
    assert call("providers", "show", "p0", "--json").json["provider"]["input_price"] is None
    call("providers", "import", written([record("free", **priced)]), "--zero-is-free")
    assert call("providers", "show", "free", "--json").json["provider"]["input_price"] == "0"


def test_a_key_goes_to_the_credentials_and_nowhere_else(call: Call, home: Path, written: Any) -> None:
    done = call("providers", "import", written([record("a", clientSecret=KEY), record("b")]))
    assert KEY not in done.out + done.err
    assert [name for name, data in files(home).items() if KEY.encode() in data] == ["credentials.toml"]


def test_what_was_meant_for_one_address_is_not_sent_to_another(call: Call, written: Any) -> None:
    call("providers", "import", written([record("a", clientSecret=KEY)]))
    done = call("providers", "import", written([record("a", providerUrl="http://other/v1")]), "--replace")
    assert "its URL is different" in done.out
    assert call("providers", "show", "a", "--json").json["provider"]["key"] == ""
    exported = call("providers", "export", "a", "--with-keys")
    assert KEY not in exported.out


def test_a_replacement_keeps_what_no_record_can_hold(call: Call, home: Path, written: Any) -> None:
    call("providers", "import", written([record("a", clientSecret=KEY)]))
    file = home / "config" / "lmdeck" / "providers.toml"
    file.write_text(file.read_text() + 'system_prompt = "be brief"\nmax_tokens = 5\n')
    done = call("providers", "import", written([record("a", compatibleProvider="new")]), "--replace")
    assert "replaced  a" in done.out
    text = file.read_text()
    assert all(word in text for word in ('"new"', "be brief", "max_tokens = 5", '"stored"'))
    assert KEY in call("providers", "export", "a", "--with-keys").out


# -- what is wrong with a record ---------------------------------------------------------------------

PLAIN = {
    "is missing", "is empty", "is not text", "is neither true nor false", "is not a number", "is below 0",
}  # fmt: skip
FIELD_NAMES = tuple(f"{field.toml_key}: " for field in FIELDS)
ODD = [None, True, 3, -1.5, 1e400, "text", "", [1], {"a": 1}, "1e999999999", "nan", "sNaN", "-0.1"]


@pytest.mark.parametrize("key", sorted(key for key in KEYS if key not in ("category", "type")))
def test_what_is_wrong_with_a_record_is_said_in_words_of_ours(call: Call, written: Any, key: str) -> None:
    """The library that finds it has words of its own, and names of its own for what it looks for."""
    refused = 0
    for value in ODD:
        done = call(
            "providers", "import", written([record("fine"), {**record("x"), key: value}]), "--replace"
        )
        for line in done.err.splitlines():
            if not line.startswith("left out"):
                continue
            remark = line.removeprefix("left out").strip().partition("  ")[2]
            own_words = remark.startswith(FIELD_NAMES)  # the rules of the form
            assert own_words or remark.removesuffix(".").partition(f"{key} ")[2] in PLAIN, line
            refused += 1
        assert "_Record" not in done.out + done.err
    assert refused >= (0 if key == "owner" else 2)


def test_one_provider_is_one(call: Call, written: Any) -> None:
    assert call("providers", "import", written([record("a")])).out.endswith("Imported 1 of 1 provider.\n")


def test_what_is_no_record_is_named_by_its_number(call: Call, written: Any) -> None:
    done = call("providers", "import", written([record("fine"), 5, {"providerUrl": "http://h/v1"}]))
    assert "left out  record 2  it is not a provider record.\n" in done.err
    assert "left out  record 3  name is missing.\n" in done.err
    assert done.out.endswith("Imported 1 of 3 providers.\n")


# -- all or nothing ---------------------------------------------------------------------------------


def test_whenever_the_disk_refuses_nothing_is_imported(
    call: Call, home: Path, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("providers", "import", written([record("old", clientSecret="sk-old-0123456789")]))
    before = files(home)
    file = written([record("old", compatibleProvider="new", clientSecret=KEY), record("b", clientSecret=KEY)])
    broken = BrokenDisk(monkeypatch)
    for after in range(100):
        broken.refuse(errno.ENOSPC, "open_file", "write", "replace", after=after)
        refused = broken.refused
        done = call("providers", "import", file, "--replace")
        broken.recover()
        if broken.refused == refused:
            break
        assert done.code == 1
        assert "Nothing imported." in done.err
        assert "Imported" not in done.out
        kept = files(home)
        assert kept["providers.toml"] == before["providers.toml"]
        has_stray_keys = "could not be restored" in done.err
        assert (kept["credentials.toml"] == before["credentials.toml"]) != has_stray_keys
        (home / "config" / "lmdeck" / "credentials.toml").write_bytes(before["credentials.toml"])
    else:
        raise AssertionError("it never succeeds")
    assert done.code == 0
    assert after > 3


def test_many_records_are_one_write(call: Call, written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[object] = []
    real = disk.replace

    def counted(*arguments: Any) -> Any:
        replaced.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(disk, "replace", counted)
    many = [record(f"p{number}", clientSecret=f"{KEY}{number}") for number in range(400)]
    many += [record("x") for _ in range(400)]
    done = call("providers", "import", written(many))
    assert done.code == 0
    assert "Imported 800 of 800 providers." in done.out
    assert "checked 500 of 800 records" in done.err
    assert "saving 800 providers and 400 API keys" in done.err
    assert len(replaced) == 2
    assert len(names(call)) == 800


# -- what is read -----------------------------------------------------------------------------------

TEXT = json.dumps([record("ünï", displayName="日本")], ensure_ascii=False)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        f"\r\n \ufeff{TEXT}\r\n".encode(),
        json.dumps({"status": "ok", "msg": "", "data": json.loads(TEXT)}).encode(),
        json.dumps({"status": "ok", "data": json.loads(TEXT)[0]}).encode(),
    ],
)
@pytest.mark.parametrize("is_piped", [False, True])
def test_every_usual_encoding_is_read(
    call: Call, written: Any, data: bytes, is_piped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(data)
    if is_piped:
        with open(file, encoding="utf-8") as stream:  # noqa: PTH123 - what stdin is
            monkeypatch.setattr("sys.stdin", stream)
            done = call("providers", "import", "-")
    else:
        done = call("providers", "import", file)
    assert done.code == 0, done.err
    (name,) = names(call)
    assert call("providers", "show", name, "--json").json["provider"]["display_name"] == "日本"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf  \n", "it is empty"),
        (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "web page"),
        (b"\n <html>", "web page"),
        (b'<?xml version="1.0"?>', "web page"),
        (b'{"status":"error","msg":"Please login first"}', "Please login first"),
        (b'{"status":"error","msg":"no","data":null}', '"no"'),
        (b'{"error":{"message":"denied"}}', "denied"),
        (b'{"detail":"Not Found"}', "Not Found"),
        (b'{"status":"error","msg":""}', "an error answer without a reason"),
        (b'{"status":"error","msg":"log in","data":[]}', '"log in"'),
        (b'{"success":false}', "an error answer without a reason"),
        (b'{"error":{"code":500}}', "an error answer without a reason"),
        (b'{"errors":[{"message":"denied"}]}', '"denied"'),
        (b'{"detail":[{"loc":["body"],"msg":"field required"}]}', '"field required"'),
        (b'{"title":"Forbidden","status":403}', '"Forbidden"'),
        (b"502 Bad Gateway\n", 'an error answer: "502 Bad Gateway"'),
        (b"Unauthorized", 'an error answer: "Unauthorized"'),
        (b"HTTP/1.1 403 Forbidden\r\nserver: x\r\n\r\n[]", 'the headers of a response ("HTTP/1.1 403 Forb'),
        ("<html><title>403</title>".encode("utf-16"), "web page"),
        ("<html>café</html>".encode("latin-1"), "web page"),
        (b"\x1f\x8b\x08\x00\x00", "compressed"),
        (b"PK\x03\x04\x14\x00", "compressed"),
        (b'{"object":"list","data":[{"id":"gpt","object":"model"}]}', "no provider record"),
        (b'{"status":"ok","msg":"","data":null}', "no provider record"),
        (b"null", "no provider record"),
        (b'["a"]', "no provider record"),
        (b'[providers.a]\nprovider_url = "x"\n', "TOML"),
        (b"sk-0123456789abcdef", "not JSON (line 1)"),
        (b"name,url\na,b\n", "not JSON"),
        (b'[{"name": "a",]', "not JSON (line 1)"),
        ('[{"name": "é"}]'.encode("latin-1"), "not text in UTF-8 or UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text in UTF-8 or UTF-16"),
        (b"[" * 50_000, "nested too deeply"),
        (b"[1, 2]", "no provider record"),
        (b"[]", "no provider record"),
    ],
)
def test_what_is_no_export_is_told_apart(
    call: Call, home: Path, written: Any, data: bytes, words: str
) -> None:
    file = written(data)
    done = call("providers", "import", file)
    assert done.code == 2
    assert words in done.err
    assert f"The import file {file} cannot be read" in done.err
    assert "sk-0123456789" not in done.err
    assert files(home) == {}


@pytest.mark.parametrize(
    "name", ["/dev/full", "/dev/zero", "/dev/null", "/", "/no/such", "~nobody-here/x", "a\0b"]
)
def test_what_is_no_file_is_refused_at_once(call: Call, name: str) -> None:
    done = call("providers", "import", name)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(call: Call, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in call("providers", "import", str(tmp_path / "pipe")).err


def test_a_file_beyond_the_limit_is_refused(
    call: Call, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written([record("a")])
    monkeypatch.setattr(import_text, "SIZE_LIMIT", 50)
    done = call("providers", "import", file)
    assert done.code == 2
    assert "larger than" in done.err


def test_a_record_is_no_answer_though_it_has_the_same_keys(call: Call, written: Any) -> None:
    assert call("providers", "import", written(record("a", data=[], msg="x", description="y"))).code == 0
    assert names(call) == ["a"]


def test_stdin_without_end_is_refused(program: Call, tmp_path: Path) -> None:
    done = program("providers", "import", "-", stdin=b" " * (64 * 1024 * 1024 + 1))
    assert done.code == 2
    assert "it is larger than 64 MB" in done.err
    assert "summary" not in done.err


# -- references -------------------------------------------------------------------------------------

REFERENCES = [
    record("first", clientSecret="env:OTHER"),
    record("second", clientSecret="cmd:touch /tmp/never"),
    record("third", clientSecret=KEY),
]


def test_a_file_names_no_secret_of_this_machine(call: Call, home: Path, written: Any) -> None:
    done = call("providers", "import", written(REFERENCES))
    assert done.code == 1
    assert names(call) == ["third"]
    assert "names env:OTHER, which would be sent to http://gpu01:8000/v1" in done.err
    assert "names cmd:touch /tmp/never" in done.err
    assert "--allow-references" in done.err
    assert b"OTHER" not in b"".join(files(home).values())


def test_a_flag_allows_them(call: Call, written: Any) -> None:
    assert call("providers", "import", written(REFERENCES), "--allow-references").code == 0
    shown = call("providers", "show", "first", "--json").json["provider"]
    assert (names(call), shown["key"]) == (["first", "second", "third"], "env:OTHER")


def test_a_person_is_asked_for_each_one(tmp_path: Path, written: Any) -> None:
    environment = private_environment(tmp_path / "home")
    file = written(REFERENCES)
    with TerminalProgram(lmdeck("providers", "import", file), environment, columns=160) as terminal:
        terminal.wait_for("first: its API key would be the environment variable OTHER")
        terminal.wait_for("http://gpu01:8000/v1")
        terminal.send_bytes(b"yes\r")
        terminal.wait_for("second: its API key would be the output of the command touch /tmp/never")
        terminal.send_bytes(b"no\r")
        terminal.wait_for("Imported 2 of 3 providers.")
        assert terminal.wait() == 1
    text = (tmp_path / "home" / "config" / "lmdeck" / "providers.toml").read_text()
    assert "env:OTHER" in text
    assert "cmd:" not in text


def test_a_person_who_leaves_imports_nothing(tmp_path: Path, written: Any) -> None:
    environment = private_environment(tmp_path / "home")
    with TerminalProgram(lmdeck("providers", "import", written(REFERENCES)), environment) as terminal:
        terminal.wait_for("Type yes")
        terminal.send_bytes(b"\x03")
        assert terminal.wait() == 130
    assert files(tmp_path / "home") == {}


@pytest.mark.parametrize("text", ["env:OTHER", "cmd:true", "file:/etc/passwd", "stored", "CMD:true"])
def test_a_piped_key_is_never_a_reference(program: Call, tmp_path: Path, text: str) -> None:
    """What a password manager prints is a key: an entry of it must not name a command."""
    added = ("providers", "add", "a", "--url", "https://h/v1", "--model", "m", "--key-stdin")
    done = program(*added, stdin=f"{text}\n".encode())
    assert done.code == 2
    assert "stdin holds a reference" in done.err
    assert files(tmp_path / "home") == {}
