"""``lmdeck chat --plain``: the chat line by line."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fake_api import FakeApi, Replayed, model_list
from tests.support.fault_server import Answer, Connection, Fault, FaultServer
from tests.support.real_deck import RealDeck, bodies, replying
from tests.support.schema_server import answering, replies
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.commands import COMMANDS
from tui.demo.server import DemoServer


@pytest.fixture(autouse=True)
def quick(tmp_path: Path) -> Iterator[None]:
    """A provider ``quick``: the demo's answers, without the pace of reading."""
    server = DemoServer(rate=5000)
    folder = Path(private_environment(tmp_path / "home")["XDG_CONFIG_HOME"]) / "lmdeck"
    folder.mkdir(parents=True)
    (folder / "providers.toml").write_text(
        f'[providers.quick]\ncompatible_provider = "demo-reasoner"\nprovider_url = "{server.start()}"\n'
    )
    yield
    server.stop()


@pytest.fixture
def deck(tmp_path: Path) -> RealDeck:
    """A program beside a server of the test's own."""
    return RealDeck(tmp_path / "own")


def test_it_obeys_each_command_or_says_that_it_needs_the_screens(program: Call) -> None:
    lines = "".join(f"/{command.name}\n" for command in COMMANDS if command.name != "quit")
    done = program("chat", "quick", "--plain", stdin=f"{lines}/quit\n".encode())
    assert done.code == 0, done.err


def test_prompts_and_commands_through_a_pipe(program: Call, tmp_path: Path) -> None:
    lines = "hello\n/help\n/title my talk\nmore \\\nof it\n/regenerate\n"
    lines += "/retyr\n/usr/bin/env: not found\n/nonsense\n/quit\n"
    done = program("chat", "quick", "--plain", stdin=lines.encode())
    assert "title: my talk" in done.out
    assert done.code == 0, done.err
    assert "\x1b" not in done.out + done.err
    assert done.out.count("answer:") == 5
    assert done.err.count("thinking:") == 5
    assert "Unknown command /retyr. Did you mean /retry? Nothing was sent" in done.out
    assert "/nonsense is neither a command nor a preset: it was sent as a message." in done.out
    (journal,) = (tmp_path / "home" / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    text = journal.read_text()
    assert "my talk" in text
    assert "more \\nof it" in text
    assert '"prompt":"/usr/bin/env: not found"' in text
    assert '"prompt":"/nonsense"' in text
    assert text.count('"prompt":"more \\nof it"') == 2


def test_an_edited_message_is_a_branch_and_both_can_be_read(program: Call, tmp_path: Path) -> None:
    walk = "/previous\n/previous\n/next 1\n/next\n"
    lines = f"one\ntwo\n/edit 1\none, edited\n{walk}/edit 7\n/edit\n\n/edit\n/title x\n/quit\n"
    done = program("chat", "quick", "--plain", stdin=lines.encode())
    assert done.code == 0, done.err
    assert "Edit message 1 (an empty line cancels):\none\n" in done.out
    assert done.out.count("version 2 of 2") == 2, "when it was sent, and when it is shown again"
    assert done.out.index("version 1 of 2") < done.out.index("you> two") < done.out.index("you> one, edited")
    assert "There is no earlier version of this message." in done.out
    assert "There is no later version of this message." in done.out
    assert "This chat has no message 7: its messages are 1 to 1." in done.out
    assert done.out.count("Not edited.") == 1
    assert "title: x" in done.out, "a command ends the edit"
    (journal,) = (tmp_path / "home" / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    assert journal.read_text().count('"record":"turn"') == 3
    reopened = program("chat", "quick", "--plain", "--resume", "last", stdin=b"/previous\n/quit\n")
    assert "you> one, edited" in reopened.out
    assert "you> two" in reopened.out
    tree = program(
        "chat", "quick", "--plain", "--resume", "last", stdin=b"/branches\n/branches 3\n/branches 4\n"
    )
    assert tree.code == 0, tree.err
    rows = re.findall(r" (\d) ([* ]) (one|two|one, edited)  ", tree.out)
    assert rows == [("1", "*", "one"), ("2", "*", "two"), ("3", " ", "one, edited")]
    assert "you> one, edited" in tree.out
    assert "There is no row 4: /branches lists 1 to 3." in tree.out


def test_an_edit_on_a_terminal_begins_with_the_text_line_by_line(tmp_path: Path) -> None:
    environment = private_environment(tmp_path / "home")
    with TerminalProgram(lmdeck("chat", "quick", "--plain"), environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("first\\", "enter")
        terminal.wait_for(lambda: "...>" in terminal.text)
        terminal.send("second", "enter")
        terminal.wait_for(lambda: terminal.text.rstrip().endswith("\nyou>"))
        terminal.send("/edit", "enter")
        terminal.wait_for(lambda: "edit 1> first\\" in terminal.text)
        terminal.send("enter")
        terminal.wait_for(lambda: "...> second" in terminal.text.partition("edit 1>")[2])
        terminal.send(" line", "enter")
        terminal.wait_for("version 2 of 2")
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0
    (journal,) = (tmp_path / "home" / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    assert '"prompt":"first\\nsecond line"' in journal.read_text()


def test_reopening_prints_what_was_said(program: Call) -> None:
    program("chat", "quick", "--plain", stdin=b"remember the word marmalade\n/quit\n")
    done = program("chat", "quick", "--plain", "--resume", "last", stdin=b"/quit\n")
    assert "marmalade" in done.out
    assert program("chat", "--plain", "--resume", "zzz", stdin=b"").code == 2


def test_a_failed_answer_says_why_wherever_it_is_shown(program: Call, tmp_path: Path) -> None:
    folder = Path(private_environment(tmp_path / "home")["XDG_CONFIG_HOME"]) / "lmdeck"
    file = folder / "providers.toml"
    works = file.read_text()
    file.write_text(
        works + '[providers.gone]\ncompatible_provider = "m"\nprovider_url = "http://127.0.0.1:9/v1"\n'
    )
    why = "failed: Connection refused"
    done = program("chat", "gone", "--plain", stdin=b"hello\n/again\n/quit\n")
    assert done.out.count(why) == 2
    assert done.out.count("failed") == 2, "nowhere without a sentence"
    reopened = program("chat", "gone", "--plain", "--resume", "last", stdin=b"/quit\n")
    assert why in reopened.out


@pytest.mark.parametrize("word", ["/again", "/regenerate"])
def test_the_last_prompt_is_asked_again(program: Call, word: str) -> None:
    done = program("chat", "quick", "--plain", stdin=f"hello\n{word}\n/help\n/quit\n".encode())
    assert done.out.count("answer:") == 2
    assert "/retry " in done.out
    assert "/regenerate" not in done.out


def test_unsaved_keeps_nothing(program: Call, tmp_path: Path) -> None:
    program("chat", "quick", "--plain", "--unsaved", stdin=b"hello\n/quit\n")
    assert not list((tmp_path / "home" / "data").glob("**/*.jsonl"))


def test_ctrl_c_stops_the_answer_and_not_the_program(tmp_path: Path) -> None:
    environment = private_environment(tmp_path)
    with TerminalProgram(lmdeck("chat", "demo", "--plain"), environment) as terminal:
        terminal.wait_for("you>")
        terminal.send("show me code", "enter")
        terminal.wait_for("answer:")
        terminal.send("ctrl+c")
        terminal.wait_for("stopped")
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0


def test_every_command_of_the_table_does_something(program: Call, tmp_path: Path) -> None:
    names = [command.name for command in COMMANDS if command.name not in ("quit", "new", "unsaved", "export")]
    names.append(f"export {tmp_path}/chat.md")
    lines = ["hello", *(f"/{name}" for name in [*names, "new", "unsaved"]), "/model other", "/quit"]
    done = program("chat", "quick", "--plain", stdin="\n".join(lines).encode())
    assert done.code == 0, done.err
    for words in (
        "model: demo-reasoner",
        "model: other",
        "sent: 20",
        "Started a new chat.",
        "A new chat that is not saved.",
        "You're in a copy",
        "thinking: server's default",
        "Search for what?",
        "title: hello",
        "Pinned to the top",
        "Exported to",
        "To resume one",
        "quick  demo-reasoner",
        "/mouse works only without --plain",
        "Write a message",
        "version 1 of 2",
        "version 2 of 2",
        "The endpoint works",
    ):
        assert words in done.out, words
    assert "Unknown command" not in done.out


def test_code_and_the_whole_chat_are_copied(program: Call, tmp_path: Path) -> None:
    lines = "/copy 1\nshow me code\n/copy 1\n/copy 9\n/copy every\n/copy all\n/quit\n"
    done = program("chat", "quick", "--plain", stdin=lines.encode())
    assert done.code == 0, done.err
    assert "There is no code to copy yet." in done.out
    assert "There is no code block 9: the last answer with code has" in done.out
    assert "Copy what? /copy, /copy code, /copy 2 (code block 2)" in done.out
    assert done.out.index("Code ") < done.out.index("Conversation ")
    copied = (tmp_path / "home" / "state" / "lmdeck" / "copied.txt").read_text()
    assert copied.startswith("# show me code\n\n## Prompt\n\n> show me code\n\n## demo-reasoner\n\n")
    assert "```" in copied


def test_code_blocks_have_the_numbers_that_the_screen_gives_them(deck: RealDeck) -> None:
    answer = (
        "- in a list:\n\n  ```\n  one\n  ```\n\n> ```\n> two\n> ```\n\nindented:\n\n    three\n\n"
        "````python\n```\nfour\n````\n"
    )
    lines = "go\n" + "".join(f"/copy {number}\n" for number in range(1, 6))
    with answering(replies(answer)) as server:
        deck.provider(server.base_url, is_default=True)
        copied: list[str] = []
        for number in range(1, 5):
            done = deck.run("chat", "--plain", stdin=f"go\n/copy {number}\n/quit\n")
            assert done.code == 0, done.err
            copied.append((deck.home / "state/lmdeck/copied.txt").read_text())
        assert copied == ["one", "two", "three", "```\nfour"]
        assert "the last answer with code has 4" in deck.run("chat", "--plain", stdin=lines).out


@pytest.mark.parametrize("asks", [True, False])
def test_info_asks_the_server_for_the_context_of_its_model(deck: RealDeck, asks: bool) -> None:
    deck.settings(f"check_reachability = {str(asks).lower()}\n")
    with FaultServer(FakeApi(model_list("m", max_model_len=4096), chat=replying("hello"))) as server:
        deck.provider(server.base_url, model="m", is_default=True)
        done = deck.run("chat", "--plain", stdin="hi\n/info\n/info\n/quit\n")
        assert done.code == 0, done.err
        assert done.out.count(" of 4,096 tokens") == (2 if asks else 0)
        assert sum(request.startswith(b"GET /v1/models") for request in server.requests) == asks


def test_a_number_that_means_nothing_is_refused(deck: RealDeck) -> None:
    commands = ("edit", "previous", "next", "branches", "queue edit", "queue remove", "copy")
    numbers = ("9" * 5000, "0", "-1", "x", "1" * 10)
    refused = "".join(f"/{command} {number}\n" for command in commands for number in numbers)
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        done = deck.run("chat", "--plain", stdin=f"one\n/retry\n{refused}two\n/quit\n")
    assert done.code == 0, done.err
    assert [body["messages"][-1]["content"] for body in bodies(server)] == ["one", "one", "two"]
    assert max(map(len, done.out.splitlines())) < 200


def test_a_message_from_the_editor_brings_its_files(tmp_path: Path) -> None:
    script = tmp_path / "editor"
    script.write_text(f'#!/bin/sh\nprintf "see @{tmp_path}/notes.txt" > "$1"\n')
    script.chmod(0o700)
    deck = RealDeck(tmp_path / "home", {"EDITOR": str(script)})
    (tmp_path / "notes.txt").write_text("the notes")
    (tmp_path / "more.txt").write_text("more of them")
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        done = deck.run("chat", "--plain", stdin=f"/attach {tmp_path}/more.txt\n/editor\n/quit\n")
    assert done.code == 0, done.err
    (body,) = bodies(server)
    text = json.dumps(body["messages"])
    assert "see @" in text
    assert "the notes" in text
    assert "more of them" in text


def test_a_new_chat_begins_with_the_settings_of_its_provider(deck: RealDeck) -> None:
    lines = (
        "/settings system_prompt Be a pirate.\n/settings temperature 0.77\n/model other\none\n/new\ntwo\n"
        "/settings temperature 0.5\n/unsaved\nthree\n/quit\n"
    )
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        done = deck.run("chat", "--plain", stdin=lines)
    assert done.code == 0, done.err
    first, *others = bodies(server)
    assert (first["temperature"], first["messages"][0]["content"]) == (0.77, "Be a pirate.")
    for body, text in zip(others, ("two", "three"), strict=True):
        assert body.get("temperature") is None
        assert body["messages"] == [{"role": "user", "content": text}]
    assert {body["model"] for body in bodies(server)} == {"other"}, "whom to ask stays"


def test_an_answer_that_is_complete_is_not_continued(deck: RealDeck) -> None:
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        done = deck.run("chat", "--plain", stdin="/continue\none\n/continue\n/edit\n\n/quit\n")
    assert len(bodies(server)) == 1
    assert "There is no answer to continue." in done.out
    assert "The answer is complete. Ask for more in a message." in done.out


def test_an_answer_that_was_cut_is_continued(deck: RealDeck) -> None:
    with answering(replies("Hel", finish="length"), replies("lo")) as server:
        deck.provider(server.base_url, is_default=True)
        deck.run("chat", "--plain", stdin="one\n/continue\n/quit\n")
    assert len(bodies(server)) == 2


def test_a_chat_that_is_open_elsewhere_keeps_its_name(deck: RealDeck) -> None:
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        with TerminalProgram(lmdeck("chat", "--plain"), deck.environment) as terminal:
            terminal.wait_for("you>")
            terminal.send("one", "enter")
            terminal.wait_for("Hello")
            done = deck.run("chat", "--plain", "--resume", "last", stdin="/rename Mine\n/quit\n")
            assert "read-only" in done.out
            assert "title: Mine" not in done.out
            assert "Mine" not in deck.run("history", "list").out


def test_a_chat_of_a_newer_lmdeck_says_why_it_is_read_only(deck: RealDeck) -> None:
    with answering(replies("Hello")) as server:
        deck.provider(server.base_url, is_default=True)
        deck.run("chat", "--plain", stdin="one\n/quit\n")
        (journal,) = (deck.home / "data" / "lmdeck" / "conversations").glob("*.jsonl")
        journal.write_text(journal.read_text().replace('"schema":2', '"schema":99', 1))
        resumed = deck.run("chat", "--plain", "--resume", "last", stdin="two\n/quit\n")
    assert "A newer lmdeck wrote this chat: it is read-only. Update lmdeck, or fork it." in resumed.err
    assert "This chat is read-only here." in resumed.out
    assert "Hello" in resumed.out
    assert len(bodies(server)) == 1


def test_a_chat_is_pinned_and_exported(program: Call, tmp_path: Path) -> None:
    lines = f"/pin\n/export\nhello\n/pin\n/export {tmp_path}/a.md\n/export {tmp_path}/a.md\n/pin\n/quit\n"
    done = program("chat", "quick", "--plain", stdin=lines.encode())
    assert done.code == 0, done.err
    assert done.out.count("No message has been sent in this chat yet.") == 2, done.out
    assert done.out.index("Pinned to the top") < done.out.index("Exported to") < done.out.index("No longer")
    assert "already exists" in done.out, "and the chat continues"
    assert "hello" in (tmp_path / "a.md").read_text()


def test_two_slashes_send_one_and_an_unknown_command_sends_nothing(program: Call, tmp_path: Path) -> None:
    program("chat", "quick", "--plain", stdin=b"//etc/hosts\n/modle x\n/new now\n/quit\n")
    (journal,) = (tmp_path / "home" / "data" / "lmdeck" / "conversations").glob("*.jsonl")
    text = journal.read_text()
    assert '"/etc/hosts"' in text
    assert "modle" not in text
    assert text.count('"record":"turn"') == 1, text


def test_a_message_that_cannot_fit_is_told_before_it_is_sent(program: Call) -> None:
    done = program("chat", "demo", "--plain", stdin=b"hello\n/info\n" + b"x " * 200_000 + b"\n/quit\n")
    assert done.code == 0, done.err
    assert " of 32,768 tokens (" in next(
        line for line in done.out.splitlines() if line.startswith("context: ~")
    )
    warning, failure = done.out.index("warning: ~"), done.out.index("failed: ")
    assert "too many for a context of 32,768: ~" in done.out[warning:failure]
    assert "this message, ~" in done.out[warning:failure]


def test_at_a_terminal_it_is_sent_only_when_it_is_sent_again(tmp_path: Path) -> None:
    words = b"This model's maximum context length is 20 tokens. However, you requested 25."
    refusal = b'{"error":{"message":"' + words + b'"}}'
    environment = private_environment(tmp_path / "small")
    notes = tmp_path / "notes.txt"
    notes.write_text("remember the milk")
    with FaultServer(FakeApi(chat=Answer(refusal, "400 Bad Request"))) as server:
        deck = RealDeck(tmp_path / "small")
        deck.provider(server.base_url, is_default=True)
        with TerminalProgram(lmdeck("chat", "--plain"), environment) as terminal:
            terminal.wait_for("you>")
            terminal.send("first", "enter")
            terminal.wait_for("failed: ")
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
            terminal.send(f"/attach {notes}", "enter")
            terminal.wait_for(lambda: "notes.txt 1 line" in terminal.text)
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
            terminal.send("word " * 40, "enter")
            terminal.wait_for("Send it again to send it anyway")
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("word"))
            assert len(bodies(server)) == 1
            terminal.send("enter")
            terminal.wait_for(lambda: len(bodies(server)) == 2)
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
            terminal.send("/quit", "enter")
            assert terminal.wait() == 0
            assert "remember the milk" in bodies(server)[1]["messages"][-1]["content"], "its file is kept too"


def titling(title: Fault) -> FakeApi:
    """A server that answers, and gives a title so."""

    def answer(connection: Connection) -> None:
        request = connection.read_request()
        (title if b"Write a title" in request else replying("Yes."))(Replayed(connection, request))

    return FakeApi(chat=answer)


def test_the_model_is_asked_for_a_title_once_and_before_the_next_line(deck: RealDeck) -> None:
    deck.settings('titles = "model"\n')
    with FaultServer(titling(replying("Ring buffers"))) as server:
        deck.provider(server.base_url, is_default=True)
        done = deck.run("chat", "--plain", stdin="hello there\n/title\nagain\n/quit\n")
        assert "title: Ring buffers" in done.out, done.err
        assert sum("Write a title" in str(body) for body in bodies(server)) == 1
        assert "Ring buffers" in deck.run("history", "list").out


@pytest.mark.parametrize("ends", ["again\n", "\x03"])
def test_what_is_typed_does_not_wait_for_a_title(deck: RealDeck, tmp_path: Path, ends: str) -> None:
    deck.settings('titles = "model"\n')
    gate = threading.Event()

    def slow(connection: Connection) -> None:
        gate.wait(20)
        replying("Ring buffers")(connection)

    with FaultServer(titling(slow)) as server:
        deck.provider(server.base_url, is_default=True)
        with TerminalProgram(lmdeck("chat", "--plain"), private_environment(tmp_path / "own")) as terminal:
            terminal.wait_for("you>")
            terminal.send("hello there", "enter")
            terminal.wait_for(lambda: len(bodies(server)) == 2)
            terminal.send(ends)
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("you>"))
            assert not gate.is_set()
            gate.set()
            terminal.send("/title", "enter")
            terminal.wait_for("title: hello there")
            terminal.send("/quit", "enter")
            assert terminal.wait() == 0
