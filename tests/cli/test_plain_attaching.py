"""Files in ``lmdeck chat --plain``: ``@path``, ``/attach`` and Tab; stored, shown and sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import images
from tests.support.commands import Call, Done
from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import bodies, seeing_nothing
from tests.support.terminal import private_environment
from tui.cli.output import Output
from tui.cli.plain_attaching import PlainAttaching
from tui.cli.plain_consent import PlainConsent
from tui.runtime.chat_control import ChatControl
from tui.runtime.runtime import open_runtime


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultServer]:
    """A provider ``main`` at a server that sees no images."""
    with FaultServer(FakeApi(chat=seeing_nothing)) as server:
        folder = Path(private_environment(tmp_path / "home")["XDG_CONFIG_HOME"]) / "lmdeck"
        folder.mkdir(parents=True)
        (folder / "providers.toml").write_text(
            f'[providers.main]\ncompatible_provider = "m"\nprovider_url = "{server.base_url}"\n'
        )
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "project"
    (path / "src").mkdir(parents=True)
    (path / "src" / "a.py").write_text("x = 1\n")
    (path / "src" / "b.py").write_text("y = 2\n")
    (path / "photo.png").write_bytes(images.png(640, 480))
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def chat(program: Call, server: FaultServer, folder: Path) -> Callable[..., Done]:
    assert server.base_url
    assert folder.is_dir()
    return lambda *lines: program("chat", "main", "--plain", stdin="\n".join((*lines, "/quit\n")).encode())


def contents(server: FaultServer, request: int) -> list[object]:
    return [message["content"] for message in bodies(server)[request]["messages"]]


def test_mentioned_and_attached_files_are_sent_stored_and_shown(
    chat: Callable[..., Done], server: FaultServer, program: Call
) -> None:
    done = chat("/attach src/b*.py", "Compare with @src/a.py:1", "And?", "/attach")
    assert done.code == 0, done.err
    blocks = "src/b.py\n```\ny = 2\n```\n\nsrc/a.py:1-1\n```\nx = 1\n```"
    assert contents(server, 0) == [f"Compare with @src/a.py:1\n\n{blocks}"]
    assert contents(server, 1)[0] == contents(server, 0)[0], "with the next prompt too"
    assert contents(server, 1)[2] == "And?", "attached once"
    assert "[src/b.py 1 line · ~2 tok]" in done.out
    assert "Nothing is attached." in done.out
    shown = program("history", "show", "last").out
    assert (
        "you> Compare with @src/a.py:1\n[src/b.py 1 line · ~2 tok]\n[src/a.py:1-1 1 line · ~2 tok]\n" in shown
    )
    assert "[src/a.py:1-1 1 line" in program("chat", "--plain", "--resume", "last", stdin=b"/quit\n").out
    found = program("history", "show", "last", "--json").json["conversation"]["turns"][0]["attachments"]
    assert [part["name"] for part in found] == ["src/b.py", "src/a.py"]


def test_what_cannot_be_attached_is_said_and_nothing_is_sent(
    chat: Callable[..., Done], server: FaultServer
) -> None:
    done = chat(
        "/attach nothing.txt", "See @https://example.org/a.txt", "/attach src/a.py", "Mail me@host @you"
    )
    assert "not sent: There is no file nothing.txt to attach." in done.out
    assert "not sent: A URL is never fetched: https://example.org/a.txt." in done.out
    assert [contents(server, place) for place in range(len(bodies(server)))] == [
        ["Mail me@host @you\n\nsrc/a.py\n```\nx = 1\n```"]
    ]


def test_an_edited_message_keeps_its_files(
    chat: Callable[..., Done], server: FaultServer, folder: Path
) -> None:
    done = chat("/attach src/b.py", "See @src/a.py", "/edit", "Look at @src/a.py", "/edit", "Just look")
    assert done.code == 0, done.err
    assert contents(server, 1) == [
        "Look at @src/a.py\n\nsrc/b.py\n```\ny = 2\n```\n\nsrc/a.py\n```\nx = 1\n```"
    ]
    assert contents(server, 2) == ["Just look\n\nsrc/b.py\n```\ny = 2\n```"], "its mention is gone"


def test_a_model_that_refused_an_image_gets_another_one_only_when_that_is_confirmed(
    chat: Callable[..., Done], server: FaultServer
) -> None:
    done = chat("What is @photo.png", "What is @photo.png", "What is @photo.png", "Tell me a joke")
    assert done.out.count("The model m does not accept images.") == 2
    assert done.out.count("m has refused images before.") == 1
    assert contents(server, 2) == ["Tell me a joke"], "the refused messages poison nothing"


def test_a_model_whose_test_showed_no_images_is_asked_about_before_the_first_one(
    chat: Callable[..., Done], server: FaultServer, program: Call
) -> None:
    tested = program("check", "main", "--only", "vision", "--json").json
    assert tested["abilities"]["vision"]["result"] == "no"
    before = len(bodies(server))
    done = chat("What is @photo.png")
    assert "m has refused images before." in done.out
    assert "To test it again: lmdeck check main --only vision" in done.out
    assert len(bodies(server)) == before, "nothing is sent"
    assert "The model m does not accept images." in chat("What is @photo.png", "What is @photo.png").out
    assert len(bodies(server)) == before + 1, "the same message, sent again, is sent"


def test_tab_offers_files(tmp_path: Path, folder: Path) -> None:
    runtime = open_runtime(private_environment(tmp_path / "home"))
    attaching = PlainAttaching(ChatControl(runtime), Output(), PlainConsent())
    assert attaching.completions("See @sr") == ["@src/a.py", "@src/b.py"]
    assert attaching.completions("/attach src/b") == ["src/b.py"]
    assert attaching.completions("See me@sr") is None
    assert attaching.completions("/mod") is None


def test_a_file_that_may_hold_keys_is_sent_when_the_message_is_sent_again(
    chat: Callable[..., Done], server: FaultServer, folder: Path
) -> None:
    (folder / ".env").write_text("SECRET=1\n")
    done = chat("See @.env", "See @.env")
    assert ".env: files with this name usually hold keys or passwords." in done.out
    assert [body["messages"][-1]["content"] for body in bodies(server)] == [
        "See @.env\n\n.env\n```\nSECRET=1\n```"
    ]


@pytest.mark.parametrize("between", [(), ("/new",), ("/unsaved",), ("/help",)])
def test_a_refused_file_goes_with_no_other_message_and_into_no_other_chat(
    chat: Callable[..., Done], server: FaultServer, folder: Path, between: tuple[str, ...]
) -> None:
    (folder / ".env").write_text("SECRET=1\n")
    done = chat("/attach .env", "/attach src/a.py", "say", *between, "other message", "say")
    assert done.code == 0, done.err
    assert done.out.count("Send the same message again to send it anyway.") == 1
    assert "No longer attached: .env, src/a.py" in done.out
    assert [body["messages"][-1]["content"] for body in bodies(server)] == ["other message", "say"]


@pytest.mark.parametrize("between", ["/new", "/unsaved"])
def test_the_same_message_in_another_chat_is_no_consent(
    chat: Callable[..., Done], server: FaultServer, folder: Path, between: str
) -> None:
    (folder / ".env").write_text("SECRET=1\n")
    done = chat("/attach .env", "say", between, "say")
    assert "No longer attached: .env" in done.out
    assert [body["messages"][-1]["content"] for body in bodies(server)] == ["say"]


def test_a_consent_is_to_the_files_that_were_named(
    chat: Callable[..., Done], server: FaultServer, folder: Path
) -> None:
    (folder / ".env").write_text("SECRET=1\n")
    (folder / "id_rsa").write_text("SECRET=2\n")
    done = chat("/attach .env", "say", "/attach id_rsa", "/attach src/a.py", "say")
    assert not bodies(server)
    assert ".env, id_rsa: files with this name usually hold keys" in done.out
    chat("/attach .env", "say", "/attach src/a.py", "/help", "say")
    blocks = ".env\n```\nSECRET=1\n```\n\nsrc/a.py\n```\nx = 1\n```"
    assert [body["messages"][-1]["content"] for body in bodies(server)] == [f"say\n\n{blocks}"]


def test_an_image_that_was_held_back_goes_with_no_other_message(
    chat: Callable[..., Done], server: FaultServer, program: Call
) -> None:
    program("check", "main", "--only", "vision")
    before = len(bodies(server))
    done = chat("/attach photo.png", "What is it?", "Tell me a joke")
    assert "No longer attached: photo.png" in done.out
    assert [contents(server, place) for place in range(before, len(bodies(server)))] == [["Tell me a joke"]]


def test_an_edit_that_was_held_back_stays_one(
    chat: Callable[..., Done], server: FaultServer, folder: Path
) -> None:
    (folder / ".env").write_text("SECRET=1\n")
    done = chat("first", "/edit", "See @.env", "See @.env")
    assert done.out.count("Edit message 1") == 2
    assert "version 2 of 2" in done.out
    assert len(bodies(server)[-1]["messages"]) == 1, "in the place of the first message"


def test_names_may_be_quoted(chat: Callable[..., Done], server: FaultServer, folder: Path) -> None:
    (folder / "my notes.txt").write_text("one\ntwo\n")
    (folder / '"odd"').write_text("odd\n")
    done = chat("/attach 'src/*.py'", '/attach "my notes.txt":2', '/attach "odd"', "See")
    assert done.code == 0, done.err
    content = str(contents(server, 0))
    assert [name in content for name in ("src/a.py", "src/b.py", "my notes.txt:2-2", '"odd"\\n')] == [
        True
    ] * 4
