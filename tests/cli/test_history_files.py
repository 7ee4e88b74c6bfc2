"""``lmdeck history export`` and ``import``: lossless, safe, and without keys."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.cli.learned_keys import KEY_PLACES, learn_key
from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Usage
from tui.store.blobs import SIZE_LIMIT
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths
from tui.store.records import encode_line

KEY = "sk-abcdef0123456789abcdef"
HOSTILE = (
    "---\nmark: lmdeck-0\n---\n<!-- lmdeck-0 end -->\n```\n"
    "</details><script>alert(1)</script>\n\x1b[2J\udce9\r\n"
)
PARTS = [KEY[:9], KEY[9:]]
WHOLE = ["json", "jsonl"]
IMPORTABLE = [*WHOLE, "md", "openai"]
EVERY = [*IMPORTABLE, "html"]


def a_turn(prompt: str, answer: str = "Because.", number: int = 1) -> Turn:
    return Turn(
        f"t{number}",
        parts_of(prompt),
        provider="qwen",
        model="qwen-plus",
        started_at="2026-01-02T10:00:00+00:00",
        state=TurnState.DONE,
        reasoning=TextBuffer("Hm."),
        answer=TextBuffer(answer),
        usage=Usage(3, 5),
    )


def chat(store: ConversationStore, *turns: Turn) -> str:
    journal = store.create()
    for turn in turns or (a_turn("Why?"),):
        journal.write_turn(turn)
    assert journal.close()
    return journal.identity


def with_branch(store: ConversationStore) -> str:
    """Save a conversation whose first answer was replaced by another."""
    identity = chat(store, a_turn("Why?", "First."))
    with (resolve_paths(os.environ).conversations_dir / f"{identity}.jsonl").open("ab") as file:
        file.write(encode_line({"record": "drop", "turn": "t1"}))
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn("Why?", "Second.", 2))
    assert journal.close()
    return identity


def told(call: Call, name: str = "last") -> Any:
    return call("history", "show", name, "--json").json["conversation"]


def forget(call: Call) -> None:
    assert call("forget", "conversations", "--yes").code == 0


def exported(call: Call, path: Path, how: str) -> Path:
    done = call("history", "export", "last", "--format", how, "-o", str(path))
    assert done.code == 0, done.err
    return path


# -- export -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", EVERY)
def test_one_chat_goes_to_stdout(call: Call, store: ConversationStore, how: str) -> None:
    chat(store)
    done = call("history", "export", "last", "--format", how)
    assert done.code == 0
    assert "Because." in done.out
    assert "Why?" in done.out
    assert done.err == ""


def test_several_chats_need_a_folder_in_a_format_of_one_a_file(
    call: Call, store: ConversationStore, tmp_path: Path
) -> None:
    identities = {chat(store, a_turn("one")), chat(store, a_turn("two"))}
    assert call("history", "export", "--all", "--format", "html").code == 2
    assert call("history", "export").code == 2
    folder = tmp_path / "out"
    folder.mkdir()
    assert call("history", "export", "--all", "-o", str(folder)).code == 0
    assert {path.name for path in folder.iterdir()} == {f"{identity}.md" for identity in identities}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    again = call("history", "export", "--all", "-o", str(folder))
    assert again.code == 2
    assert "--replace" in again.err
    assert call("history", "export", "--all", "-o", str(folder), "--replace").code == 0


def test_a_folder_that_is_named_as_one_is_made(call: Call, store: ConversationStore, tmp_path: Path) -> None:
    identities = {chat(store, a_turn("one")), chat(store, a_turn("two"))}
    folder = tmp_path / "new" / "out"
    assert call("history", "export", "--all", "-o", f"{folder}/").code == 0
    assert {path.name for path in folder.iterdir()} == {f"{identity}.md" for identity in identities}
    assert folder.stat().st_mode & 0o777 == 0o700
    single = tmp_path / "single"
    assert call("history", "export", "last", "--format", "json", "-o", f"{single}/").code == 0
    assert len(list(single.iterdir())) == 1
    unmade = call("history", "export", "--all", "-o", str(tmp_path / "absent"))
    assert (unmade.code, "-o FOLDER/" in unmade.err) == (2, True)
    nowhere = call("history", "export", "last", "-o", str(tmp_path / "absent" / "chat.md"))
    assert (nowhere.code, "its folder does not exist" in nowhere.err) == (2, True)
    assert "Create the folder" in nowhere.err
    file = tmp_path / "a.md"
    file.write_text("mine")
    refused = call("history", "export", "--all", "-o", f"{file}/")
    assert (refused.code, file.read_text()) == (2, "mine")
    assert "a file has the name of the folder" in refused.err


def test_a_dash_is_stdout(
    call: Call, store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chat(store, a_turn("one"))
    done = call("history", "export", "last", "-o", "-")
    assert (done.code, done.out) == (0, call("history", "export", "last").out)
    chat(store, a_turn("two"))
    assert call("history", "export", "--all", "-o", "-").code == 2
    assert call("history", "export", "--all", "--format", "jsonl", "-o", "-").out.count("\n") > 2
    assert call("history", "export", "last", "-o", "-", "--replace").code == 2
    assert not list(tmp_path.glob("-*"))


def test_every_chat_and_some_are_not_exported_at_once(call: Call, store: ConversationStore) -> None:
    chat(store)
    done = call("history", "export", "--all", "last")
    assert (done.code, done.out) == (2, "")
    assert "not both" in done.err


@pytest.mark.parametrize("kind", ["missing", "folder", "zip", "binary", "text"])
def test_what_cannot_be_imported_is_named_with_what_can(
    call: Call, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("chats")
    if kind == "folder":
        file.mkdir()
    elif kind != "missing":
        file.write_bytes({"zip": b"PK\x03\x04 no", "binary": b"\xff\xfe\xfd", "text": b"{"}[kind])
    done = call("history", "import", str(file))
    assert done.code == 2
    assert "The import file chats cannot be read: " in done.err
    assert "ChatGPT" in done.err
    assert "provider record" not in done.err


@pytest.mark.parametrize("how", EVERY)
def test_without_chats_there_is_nothing_to_export(
    call: Call, store: ConversationStore, tmp_path: Path, how: str
) -> None:
    done = call("history", "export", "--all", "--format", how)
    assert done.code == 0
    assert done.err == ("No saved chats.\n" if how in ("md", "html") else "")
    folder = call("history", "export", "--all", "--format", how, "-o", str(tmp_path))
    assert (folder.code, folder.out, folder.err) == (0, "", "No saved chats.\n")


@pytest.mark.parametrize("how", EVERY)
def test_an_unreadable_chat_stops_no_backup(
    call: Call, store: ConversationStore, tmp_path: Path, how: str
) -> None:
    readable = chat(store)
    unreadable = ["20990101-000000-folder", "20990102-000000-large"]
    saved = resolve_paths(os.environ).conversations_dir
    (saved / f"{unreadable[0]}.jsonl").mkdir()
    with (saved / f"{unreadable[1]}.jsonl").open("wb") as large:
        large.truncate(SIZE_LIMIT + 1)
    folder = tmp_path / "out"
    folder.mkdir()
    done = call("history", "export", "--all", "--format", how, "-o", str(folder))
    assert done.code == 1
    assert [path.stem for path in folder.iterdir()] == [readable]
    for identity in unreadable:
        assert f"“{identity}” was not exported." in done.err
    if how not in ("md", "html"):
        together = call("history", "export", "--all", "--format", how)
        assert (together.code, "Because." in together.out) == (1, True)
        assert together.err.count("was not exported.") == 2
    assert call("history", "export", unreadable[0], "--format", how).code == 1
    (saved / f"{readable}.jsonl").unlink()
    (saved / f"{unreadable[1]}.jsonl").unlink()
    assert call("history", "export", "--all", "--format", how).code == 1


def test_messages_are_ready_for_a_request(call: Call, store: ConversationStore) -> None:
    first = replace(a_turn("Why?"), settings={"system_prompt": "Be short."})
    chat(store, first, a_turn("And?", "So.", 2))
    done = call("history", "export", "last", "--format", "openai")
    assert json.loads(done.out) == {
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Why?"},
            {"role": "assistant", "content": "Because."},
            {"role": "user", "content": "And?"},
            {"role": "assistant", "content": "So."},
        ]
    }


def test_messages_alternate_and_each_has_text(call: Call, store: ConversationStore) -> None:
    failed = replace(a_turn("And?", "", 2), state=TurnState.FAILED, settings={"system_prompt": "Be long."})
    without = replace(a_turn("Again?", "So.", 3), settings={"system_prompt": ""})
    chat(store, replace(a_turn("Why?"), settings={"system_prompt": " "}), failed, without)
    done = call("history", "export", "last", "--format", "openai")
    messages = json.loads(done.out)["messages"]
    assert [message["content"] for message in messages] == ["Why?", "Because.", "Again?", "So."]
    assert "1 turn without an answer is left out." in done.err
    assert "answer is left out" not in call("history", "export", "last", "--format", "md").err


def test_a_chat_without_an_answer_is_no_messages(call: Call, store: ConversationStore) -> None:
    chat(store, replace(a_turn("And?", "", 2), state=TurnState.FAILED))
    done = call("history", "export", "last", "--format", "openai")
    assert (done.code, done.out) == (0, "")
    assert "1 turn without an answer is left out." in done.err


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts += data


def test_a_page_has_no_script_and_no_control_character(call: Call, store: ConversationStore) -> None:
    chat(store, Turn("t1", parts_of(HOSTILE), model="<b>x", state=TurnState.DONE, answer=TextBuffer(HOSTILE)))
    page = call("history", "export", "last", "--format", "html").out
    parser = Tags()
    parser.feed(page)
    assert parser.tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "pre", "details",
        "summary",
    }  # fmt: skip
    assert "default-src 'none'" in page
    assert parser.texts.count("<script>alert(1)</script>") == 2
    assert not {"\x1b", "\udce9"} & set(page)


def test_a_markdown_page_has_front_matter_and_shows_tags_as_text(
    call: Call, store: ConversationStore
) -> None:
    chat(store, a_turn(HOSTILE, f"Use `<b>` here: <b>\n{HOSTILE}"))
    page = call("history", "export", "last").out
    assert page.startswith('---\ntitle: "---"\nid: "')
    assert '\nmodels: ["qwen-plus"]\nturns: 1\ntokens: 8\n' in page
    assert "Use `<b>` here: &lt;b>" in page
    assert "> &lt;/details>&lt;script>" not in page  # in a block of code
    assert "\n> </details><script>alert(1)</script>\n" in page
    assert not {"\x1b", "\r", "\udce9"} & set(page)


@pytest.mark.parametrize("how", EVERY)
@pytest.mark.parametrize("where", KEY_PLACES)
def test_no_export_has_a_key_whenever_it_became_known(
    call: Call, store: ConversationStore, how: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = store.create(f"about {KEY}")
    journal.begin_turn(a_turn(f"use {KEY}"))
    for piece in ("the key ", *PARTS, " works"):
        journal.append("t1", "answer", piece)
        journal.flush()  # each in a line of its own: none of them has the key
    journal.end_turn(a_turn(""))
    journal.close()
    learn_key(call, KEY, where, monkeypatch)
    done = call("history", "export", "last", "--format", how)
    assert done.code == 0
    assert "works" in done.out
    assert KEY not in done.out + done.err
    assert KEY not in done.out.replace("\\", "")


def test_what_a_format_leaves_out_is_said(call: Call, store: ConversationStore) -> None:
    with_branch(store)
    for how in ("md", "html", "openai"):
        assert (
            "1 turn in another answer or branch is left out"
            in call("history", "export", "last", "--format", how).err
        )
    for how in WHOLE:
        assert call("history", "export", "last", "--format", how).err == ""


# -- import -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", WHOLE)
def test_everything_comes_back(call: Call, store: ConversationStore, tmp_path: Path, how: str) -> None:
    with_branch(store)
    before = told(call)
    path = exported(call, tmp_path / "chat", how)
    forget(call)
    done = call("history", "import", str(path))
    assert (done.code, done.out) == (0, "Imported “Why?”: 2 turns.\n")
    assert told(call) == before
    assert before["other_turns"] == 1


@pytest.mark.parametrize("how", IMPORTABLE)
def test_hostile_texts_come_back_as_they_were(
    call: Call, store: ConversationStore, tmp_path: Path, how: str
) -> None:
    chat(store, a_turn(HOSTILE, HOSTILE), a_turn("# And?", "\n\n```\nopen", 2))
    before = told(call)
    path = exported(call, tmp_path / "chat", how)
    forget(call)
    assert call("history", "import", str(path)).code == 0
    after = told(call)
    texts = (
        ("prompt", "answer")
        if how == "openai"
        else ("prompt", "answer", "reasoning", "usage", "started_at", "id")
    )
    for name in texts:
        assert [turn[name] for turn in after["turns"]] == [turn[name] for turn in before["turns"]], name
    assert after["title"] == before["title"]


def test_imported_turns_are_not_counted_again(call: Call, store: ConversationStore, tmp_path: Path) -> None:
    chat(store)
    path = exported(call, tmp_path / "chat", "json")
    forget(call)
    call("history", "import", str(path))
    (found,) = call("history", "list", "--json").json["conversations"]
    assert found["usage"] is None


@pytest.mark.parametrize("how", IMPORTABLE)
def test_a_second_import_doubles_nothing(
    call: Call, store: ConversationStore, tmp_path: Path, how: str
) -> None:
    chat(store)
    path = exported(call, tmp_path / "chat", how)
    forget(call)
    assert call("history", "import", str(path)).code == 0
    done = call("history", "import", str(path))
    assert (done.code, done.out) == (0, "Already there: “Why?”.\n")
    assert len(store.listing.all()) == 1


def test_a_chat_that_has_grown_gets_the_turns_it_lacks(
    call: Call, store: ConversationStore, tmp_path: Path
) -> None:
    identity = chat(store)
    short = exported(call, tmp_path / "short", "json")
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn("And?", "So.", 2))
    journal.close()
    long = exported(call, tmp_path / "long", "json")
    forget(call)
    assert call("history", "import", str(short)).code == 0
    done = call("history", "import", str(long))
    assert (done.code, done.out) == (0, "Updated “Why?”: 1 turn added.\n")
    assert [turn["prompt"] for turn in told(call)["turns"]] == ["Why?", "And?"]
    assert call("history", "import", str(short)).out == "Already there: “Why?”.\n"
    assert len(told(call)["turns"]) == 2


def test_messages_of_other_programs_become_turns(
    call: Call, store: ConversationStore, tmp_path: Path
) -> None:
    messages = [
        {"role": "system", "content": "Be short."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Why?"}, {"type": "image_url", "image_url": {}}],
        },
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "content": "42"},
        {"role": "assistant", "content": "Because.", "reasoning_content": "Hm."},
        {"role": "system", "content": "Be long."},
        {"role": "user", "content": "And?"},
    ]
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"model": "gpt-x", "messages": messages}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    done = call("history", "import", str(path))
    assert (done.code, done.out) == (0, "Imported “Why?”: 2 turns.\n")
    assert "Messages of the role “tool” are left out." in done.err
    assert "Tool calls are left out." in done.err
    assert "Non-text parts of messages are left out." in done.err
    first, second = told(call)["turns"]
    assert (first["prompt"], first["reasoning"], first["answer"]) == ("Why?", "Hm.", "Because.")
    assert (first["settings"], second["settings"]) == (
        {"system_prompt": "Be short."}, {"system_prompt": "Be long."},
    )  # fmt: skip
    assert (second["prompt"], second["answer"], second["model"]) == ("And?", "", "gpt-x")
    assert told(call)["created_at"] == "2023-11-14T22:13:20+00:00"  # when the file was written


LOGS: list[dict[str, Any]] = [
    {
        "id": f"01h{number}",
        "model": "gpt-4o-mini",
        "prompt": prompt,
        "system": None,
        "response": f"{prompt} answered",
        "conversation_id": conversation,
        "conversation_name": "A name",
        "datetime_utc": f"2025-03-0{number}T10:00:00.5",
        "duration_ms": 1500,
        "input_tokens": 3,
        "output_tokens": None,
        "attachments": [],
    }
    for number, prompt, conversation in ((2, "second", "01ab"), (1, "first", "01ab"), (3, "alone", "../../x"))
]


@pytest.mark.parametrize("model", [None, 1, []])
def test_what_is_no_name_of_a_model_is_none(
    call: Call, store: ConversationStore, tmp_path: Path, model: object
) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"model": model, "messages": [{"role": "user", "content": "Hi"}]}))
    assert call("history", "import", str(path)).code == 0
    assert told(call)["turns"][0]["model"] == ""


COUNTS = "Chats: 2 imported.\n"


def test_the_log_of_llm_becomes_chats_with_its_times(
    call: Call, store: ConversationStore, tmp_path: Path
) -> None:
    path = tmp_path / "logs.json"
    path.write_text(json.dumps(LOGS))
    done = call("history", "import", str(path))
    assert (done.code, done.out) == (0, f"Imported “A name”: 2 turns.\nImported “A name”: 1 turn.\n{COUNTS}")
    found = told(call, "llm-01ab")
    assert [turn["prompt"] for turn in found["turns"]] == ["first", "second"]
    assert found["turns"][0]["usage"]["prompt_tokens"] == 3
    assert found["turns"][0]["timings"]["total_ms"] == 1500
    assert found["turns"][0]["started_at"] == "2025-03-01T10:00:00.5+00:00"
    newest = call("history", "list", "--json").json["conversations"][0]
    assert newest["updated_at"].startswith("2025-03-03")
    path.write_text(json.dumps([*LOGS, {**LOGS[0], "id": "01h9", "datetime_utc": "2025-04-01T00:00:00"}]))
    again = call("history", "import", str(path))
    assert again.out.startswith("Updated “A name”: 1 turn added.\nAlready there: “A name”.\n")


HEADER = b'{"record":"header","schema":2,"identity":"mine"}\n'
NONE_OF_THEM = {
    "empty": b"",
    "blank": b" \n",
    "text": b"Dear diary",
    "html": b"<html></html>",
    "number": b"1",
    "list": b"[]",
    "list of numbers": b"[1, 2]",
    "object": b"{}",
    "cut": b'{"schema_version": 1, "conversations": [{"records": [',
    "no records": b'{"conversations": [1]}',
    "bad record": b'{"conversations": [{"records": [{"record": 1}]}]}',
    "no header": b'{"record": "turn", "turn": "t1", "prompt": "x"}\n',
    "turn that is a list": HEADER + b'{"record":"turn","turn":[1],"prompt":"x"}\n',
    "turn that is an object": HEADER + b'{"record":"end","turn":{"a":1}}\n',
    "turn that is null": HEADER + b'{"record":"turn","turn":null,"prompt":"x"}\n',
    "no messages": b'{"messages": [{"content": "x"}]}',
    "empty chat": b'{"messages": []}',
    "empty list of messages": b'{"messages": []}\n{"messages": []}\n',
    "only a system prompt": b'{"messages": [{"role": "system", "content": "x"}]}',
    "deep": b'{"messages": [{"role": "user", "content": ' + b"[" * 200 + b"]" * 200 + b"}]}",
    "very deep": b"[" * 1_000_000,
    "no number": b'{"record":"header","schema":2,"x":1e999}\n',
    "many digits": b'{"record":"header","schema":' + b"9" * 10_000 + b"}\n",
    "nan": b'{"record":"header","schema":NaN}\n',
    "markdown of others": b"---\ntitle: x\n---\n# x\n",
    "page without header": b"---\nmark: lmdeck-0\n---\n",
    "page with a bad mark": b"---\nmark: lmdeck-0\n---\n<!-- lmdeck-0 header {bad} -->\n",
    "no text": b"\xff\x00\xfe",
    "zip": b"PK\x03\x04aaaa",
}


@pytest.mark.parametrize("name", NONE_OF_THEM)
def test_what_is_no_chat_is_refused_in_words(
    call: Call, store: ConversationStore, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(NONE_OF_THEM[name])
    done = call("history", "import", str(path))
    assert done.code == 2, done
    assert " cannot be read: " in done.err
    assert "defect" not in done.err
    assert store.listing.all() == []


def test_of_several_chats_those_without_messages_are_skipped(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    whole = {"messages": [{"role": "user", "content": "Hi"}]}
    path.write_text("\n".join(map(json.dumps, (whole, {"messages": []}, {"messages": [{"content": "x"}]}))))
    done = call("history", "import", str(path))
    assert done.code == 1
    assert done.out.endswith("Chats: 1 imported, 2 not imported.\n")
    assert "no chat found in it" in done.err
    assert "it contains something that is not a message" in done.err


def test_a_file_names_no_place_on_this_disk(call: Call, store: ConversationStore, tmp_path: Path) -> None:
    header = {"record": "header", "schema": 2, "identity": "../../../evil", "title": "\x1b[2J"}
    turn = {"record": "turn", "turn": "../x", "prompt": "x", "parent": None}
    path = tmp_path / "file"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in (header, turn)))
    done = call("history", "import", str(path))
    assert done.code == 0
    assert "\x1b" not in done.out
    (summary,) = store.listing.all()
    assert summary.identity.startswith("import-")
    assert not list(tmp_path.rglob("evil*"))


def test_a_pipe_is_read(program: Call) -> None:
    done = program("history", "import", "-", stdin=b'{"messages": [{"role": "user", "content": "Hi"}]}')
    assert (done.code, done.out) == (0, "Imported “Hi”: 1 turn.\n")


def test_an_import_erases_keys(call: Call, store: ConversationStore, tmp_path: Path) -> None:
    call("providers", "add", "q", "--url", "https://h/v1", "--model", "m", "--header", f"X-Api-Key: {KEY}")
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": f"use {KEY}"}]}))
    done = call("history", "import", str(path))
    assert (done.code, KEY in done.out + done.err) == (0, False)
    files = resolve_paths(os.environ).conversations_dir.glob("*.jsonl")
    assert not any(KEY in file.read_text() for file in files)


def test_a_chat_that_is_open_elsewhere_is_exported_and_not_changed(
    call: Call, home: Path, store: ConversationStore, tmp_path: Path
) -> None:
    identity = chat(store)
    path = exported(call, tmp_path / "chat", "json")
    document = json.loads(path.read_text())
    records = document["conversations"][0]["records"]
    records.append({"record": "turn", "turn": "t9", "prompt": "More?", "parent": "t1"})
    path.write_text(json.dumps(document))
    opening = lmdeck("chat", "demo", "--plain", "--resume", identity)
    with TerminalProgram(opening, private_environment(home), columns=200) as terminal:
        terminal.wait_for("Type /help")
        assert "Because." in call("history", "export", identity).out
        done = call("history", "import", str(path))
        assert done.code == 1
        assert "“Why?” was not imported." in done.err
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0
    assert call("history", "import", str(path)).out == "Updated “Why?”: 1 turn added.\n"
