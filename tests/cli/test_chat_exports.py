"""Imports of other programs' exports: all branches, with their times, without duplicates and images."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.commands import Call
from tui.session.history.chat_exports import from_chatgpt
from tui.session.history.journal_json import KEY
from tui.session.history.message_tree import Message, tree_turns
from tui.store.conversations import ConversationStore
from tui.store.joined_records import transcript_of

Node = dict[str, Any]


def node(parent: str | None, role: str | None, *parts: object, **more: Any) -> Node:
    """Return a node as ChatGPT writes it; without a role a placeholder."""
    if role is None:
        return {"parent": parent, "message": None, "children": []}
    content = {"content_type": more.pop("content_type", "text"), "parts": list(parts)}
    content |= more.pop("content", {})
    return {"parent": parent, "message": {"author": {"role": role}, "content": content, **more}}


def branched(**changes: Any) -> dict[str, Any]:
    """A conversation with a hidden system message, an edited prompt, and a retried answer."""
    return {
        "title": "Rings",
        "conversation_id": "c-1",
        "create_time": 1_700_000_000.25,
        "default_model_slug": "gpt-x",
        "current_node": "a3",
        "mapping": {
            "root": node(None, None),
            "s": node("root", "system", ""),
            "u1": node("s", "user", "What is a ring?", create_time=1_700_000_001.5),
            "a1": node("u1", "assistant", "A circle."),
            "a2": node("u1", "assistant", "A buffer.", metadata={"model_slug": "gpt-y"}),
            "m": node("a2", "system", "memory updated"),
            "u2": node("m", "user", "Show one."),
            "t": node("u2", "assistant", content_type="thoughts", content={"thoughts": [{"content": "Hm."}]}),
            "a3": node("t", "assistant", "Here."),
            "u3": node("a2", "user", "Show two."),
            "u4": node("s", "user", "What is a rope?"),
            "a4": node("u4", "assistant", "A string."),
        },
        **changes,
    }


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


def told(call: Call, name: str = "last") -> Any:
    return call("history", "show", name, "--json").json["conversation"]


def shown(call: Call, name: str = "last") -> list[tuple[str, str]]:
    return [(turn["prompt"], turn["answer"]) for turn in told(call, name)["turns"]]


def test_a_conversation_comes_in_with_its_branches(call: Call, tmp_path: Path) -> None:
    done = call("history", "import", str(written(tmp_path / "c.json", [branched()])))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Imported “Rings”: ")
    assert shown(call) == [("What is a ring?", "A buffer."), ("Show one.", "Here.")]
    first, second = told(call)["turns"]
    assert first["started_at"] == "2023-11-14T22:13:21+00:00"
    assert (first["model"], second["model"]) == ("gpt-y", "gpt-x")
    assert second["reasoning"] == "Hm."
    export = call("history", "export", "last", "--format", "json").json
    turns = [one for one in export[KEY][0]["records"] if one["record"] == "turn"]
    assert {(turn["prompt"], turn["parent"]) for turn in turns} == {
        ("What is a ring?", None),
        ("What is a rope?", None),
        ("Show one.", "a2"),
        ("Show two.", "a2"),
    }
    assert len(turns) == 5, "the retried answer stands beside the other one"


@pytest.mark.parametrize("how", ["folder", "zip", "zip in a folder", "file"])
def test_every_form_of_an_export_is_read(call: Call, tmp_path: Path, how: str) -> None:
    chats = [branched(conversation_id=f"c-{number}", title=f"Chat {number}") for number in range(4)]
    if how.startswith("zip"):
        path = tmp_path / "export.zip"
        inside = "export/" if "folder" in how else ""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(2):
                name = f"{inside}conversations-{number:03}.json"
                archive.writestr(name, json.dumps(chats[2 * number : 2 * number + 2]))
            archive.writestr(f"{inside}user.json", "{}")
            archive.writestr("../../evil.json", "{}")
    elif how == "folder":
        path = tmp_path / "export"
        path.mkdir()
        for number in range(2):
            written(path / f"conversations-{number}.json", chats[2 * number : 2 * number + 2])
        written(path / "user.json", {})
    else:
        path = written(tmp_path / "conversations.json", chats)
    done = call("history", "import", str(path))
    assert done.code == 0, done.err
    assert done.out.endswith("Chats: 4 imported.\n")
    assert call("history", "import", str(path)).out.endswith("Chats: 4 already there.\n")
    assert not (tmp_path.parent / "evil.json").exists()


def test_a_grown_conversation_gets_what_it_lacks(call: Call, tmp_path: Path) -> None:
    value = branched()
    call("history", "import", str(written(tmp_path / "c.json", value)))
    value["mapping"] |= {"u9": node("a3", "user", "More."), "a9": node("u9", "assistant", "Gladly.")}
    done = call("history", "import", str(written(tmp_path / "c.json", {**value, "current_node": "a9"})))
    assert done.out == "Updated “Rings”: 1 turn added.\n"
    assert shown(call)[-1] == ("More.", "Gladly.")


def test_what_cannot_be_read_is_named_and_stops_nothing_else(call: Call, tmp_path: Path) -> None:
    empty = branched(mapping={"root": node(None, None)}, title="Nothing", conversation_id="c-2")
    chats = [branched(), empty, {"title": "No mapping"}, 5]
    done = call("history", "import", str(written(tmp_path / "c.json", chats)))
    assert done.code == 1
    assert done.out.endswith("Chats: 1 imported, 3 not imported.\n")
    assert "“Nothing” was not imported." in done.err
    assert "“No mapping” was not imported." in done.err


def test_only_authors_and_parts_are_needed(call: Call, tmp_path: Path) -> None:
    """Images, codes and unknown parts are left out, and said; a model may stand at the conversation only."""
    value = {
        "mapping": {
            "u": node(None, "user", {"content_type": "image_asset_pointer"}, "See this.", create_time=None),
            "a": node("u", "assistant", content_type="code", content={"parts": None, "text": "print(1)"}),
            "x": node("a", "tool", "output"),
            "b": node("x", "assistant", "Done."),
        }
    }
    done = call("history", "import", str(written(tmp_path / "c.json", value)))
    assert done.code == 0
    assert "Non-text parts of messages are left out." in done.err
    assert shown(call) == [("See this.", "```\nprint(1)\n```\n\nDone.")]


def test_a_chat_of_open_webui_comes_in(call: Call, tmp_path: Path) -> None:
    messages = {
        "u": {"id": "u", "parentId": None, "role": "user", "content": "Why?", "timestamp": 1_700_000_000},
        "a": {"id": "a", "parentId": "u", "role": "assistant", "content": "First.", "model": "qwen3"},
        "b": {"id": "b", "parentId": "u", "role": "assistant", "content": "Second.", "model": "qwen3"},
    }
    chat = {"title": "Why", "history": {"messages": messages, "currentId": "a"}}
    value = [{"id": "w-1", "title": "Why", "chat": chat, "created_at": 1_700_000_000}]
    assert call("history", "import", str(written(tmp_path / "w.json", value))).code == 0
    assert shown(call) == [("Why?", "First.")]
    assert told(call)["turns"][0]["model"] == "qwen3"


@pytest.mark.parametrize("between", ["tool", "hidden", "empty"])
def test_a_long_answer_comes_in_whole(call: Call, tmp_path: Path, between: str) -> None:
    """An agent takes hundreds of steps, with the results of its tools, in one answer."""
    mapping = {"u": node(None, "user", "Work.")}
    last = "u"
    for number in range(300):
        mapping[f"a{number}"] = node(last, "assistant", f"step {number}")
        last = f"b{number}"
        if between == "hidden":
            hidden = {"is_visually_hidden_from_conversation": True}
            mapping[last] = node(f"a{number}", "assistant", "hidden", metadata=hidden)
        else:
            mapping[last] = node(f"a{number}", "tool" if between == "tool" else None, "result")
    value = branched(mapping=mapping, current_node=last)
    done = call("history", "import", str(written(tmp_path / "c.json", value)))
    assert (done.code, done.err) == (0, "")
    assert shown(call) == [("Work.", "\n\n".join(f"step {number}" for number in range(300)))]


def test_branches_that_repeat_too_much_lose_their_beginnings_and_it_is_said(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = {"u": node(None, "user", "Work.")} | {
        f"a{number}": node(f"a{number - 1}" if number else "u", "assistant", f"step {number} " + "x" * 1000)
        for number in range(20)
    }
    mapping |= {f"z{number}": node("a19", "assistant", f"end {number}") for number in range(20)}
    value = branched(mapping=mapping, current_node="z19")
    path = written(tmp_path / "c.json", value)
    done = call("history", "import", str(path))
    assert done.err == "", "a fifth of a megabyte is no attack"
    assert len(shown(call)[0][1]) > 20_000
    call("history", "delete", "last", "--yes")
    monkeypatch.setattr("tui.session.history.message_tree._MOST_REPEATED", 50_000)
    value["conversation_id"] = "c-2"
    done = call("history", "import", str(written(tmp_path / "c.json", value)))
    assert done.code == 0
    assert "The beginnings of some answers are left out" in done.err


def test_a_tree_of_many_long_branches_is_soon_read() -> None:
    messages = {"u": Message(None, "user", "Work.")}
    for number in range(5_000):
        messages[f"a{number}"] = Message(f"a{number - 1}" if number else "u", "assistant", "x" * 1_000)
    for number in range(5_000):
        messages[f"z{number}"] = Message("a4999", "assistant", "end")
    tree = tree_turns(messages, None)
    assert tree.is_cut
    assert len(tree.turns) == 5_000
    assert sum(len(turn.answer) for turn in tree.turns) < 120_000_000


def webui(*contents: str) -> list[dict[str, Any]]:
    messages: dict[str, Any] = {"u": {"parentId": None, "role": "user", "content": "Why?"}}
    for number, content in enumerate(contents):
        parent = f"a{number - 1}" if number else "u"
        messages[f"a{number}"] = {"parentId": parent, "role": "assistant", "content": content}
    return [{"id": "w-1", "title": "Why", "chat": {"history": {"messages": messages}}}]


REASONED = '<details type="reasoning" done="true" duration="2">\n<summary>Thought for 2 seconds</summary>\n'
CALLED = (
    '<details type="tool_calls" done="true" id="1" name="f" arguments="&quot;{}&quot;" result="">\n'
    "<summary>Tool Executed</summary>\n</details>\n"
)


@pytest.mark.parametrize(
    ("content", "answer", "reasoning"),
    [
        (f"{REASONED}> First, a < b.\n> \n> Then.\n</details>\nYes.", "Yes.", "First, a < b.\n\nThen."),
        (f"{REASONED}&gt; a &lt; b &amp;amp;\n&gt; c\n</details>\nYes.", "Yes.", "a < b &amp;\nc"),
        (f"{REASONED}not quoted &amp;\n</details>\nYes.", "Yes.", "not quoted &amp;"),
        (f"{REASONED}> One.\n</details>\nA.\n{REASONED}> Two.\n</details>\nB.", "A.\n\nB.", "One.\n\nTwo."),
        (f"{REASONED}</details>\nYes.", "Yes.", ""),
        (f"{REASONED}> Without an end", f"{REASONED}> Without an end", ""),
        (f"```html\n{REASONED}> x\n</details>\n```", f"```html\n{REASONED}> x\n</details>\n```", ""),
        (
            "<details><summary>More</summary>Text</details>",
            "<details><summary>More</summary>Text</details>",
            "",
        ),
    ],
)
def test_the_reasoning_of_open_webui_is_reasoning(
    call: Call, tmp_path: Path, content: str, answer: str, reasoning: str
) -> None:
    done = call("history", "import", str(written(tmp_path / "w.json", webui(content))))
    assert (done.code, done.err) == (0, "")
    (turn,) = told(call)["turns"]
    assert (turn["answer"], turn["reasoning"] or "") == (answer, reasoning)


def test_tool_calls_of_open_webui_are_left_out_and_said(call: Call, tmp_path: Path) -> None:
    content = f"{REASONED}> Look.\n</details>\n{CALLED}It is 4."
    done = call("history", "import", str(written(tmp_path / "w.json", webui(content, "And 5."))))
    assert done.code == 0
    assert "Tool calls are left out." in done.err
    (turn,) = told(call)["turns"]
    assert (turn["answer"], turn["reasoning"]) == ("It is 4.\n\nAnd 5.", "Look.")


BROKEN = {
    "no zip": b"PK\x03\x04aaaa",
    "no chats": None,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_is_refused_in_words(
    call: Call, store: ConversationStore, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "export.zip"
    if (data := BROKEN[name]) is not None:
        path.write_bytes(data)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("user.json", "{}")
    done = call("history", "import", str(path))
    assert done.code == 2
    assert " cannot be read: the archive " in done.err
    assert store.listing.all() == []


def test_an_archive_that_unpacks_without_end_is_refused(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.import_sources.CHATS_LIMIT", 1024 * 1024)
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b" " * (8 * 1024 * 1024))
    done = call("history", "import", str(path))
    assert done.code == 2
    assert "larger than 1 MB" in done.err


NAMES = ["a", "b", "c", "d", "e", "f"]
MESSAGES = st.builds(
    Message,
    st.sampled_from([None, *NAMES, "missing"]),
    st.sampled_from(["user", "assistant", "system", ""]),
    st.sampled_from(["", "x", "y"]),
)


@given(st.dictionaries(st.sampled_from(NAMES), MESSAGES), st.sampled_from([None, *NAMES]))
def test_whatever_the_links_are_every_text_is_in_a_turn(
    messages: dict[str, Message], current: str | None
) -> None:
    tree = tree_turns(messages, current)
    turns, last = tree.turns, tree.shown
    assert not tree.is_cut
    names = [turn.identity for turn in turns]
    assert len(set(names)) == len(names)
    assert last in names if names else last is None
    for place, turn in enumerate(turns):
        assert turn.parent is None or turn.parent in names[:place], "a parent comes before its children"
    prompts = {turn.prompt for turn in turns}
    answers = " ".join(turn.answer for turn in turns)
    for message in messages.values():
        if message.role == "user":
            assert message.text in prompts
        elif message.role == "assistant":
            assert message.text in answers


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.recursive(st.none() | st.booleans() | NUMBERS | st.text(), st.lists, max_leaves=5))
def test_no_node_is_a_defect(value: Any) -> None:
    nodes = {"u": node(None, "user", "Hello."), "x": value, "y": {"message": value, "parent": "u"}}
    chat = {"mapping": nodes, "title": "t", "create_time": 1}
    incoming = from_chatgpt(chat, "2026-01-01T00:00:00+00:00")
    assert [turn.prompt.text for turn in transcript_of(incoming.records).turns] == ["Hello."]
