"""Files in a chat: mentioned with ``@``, selected from a list, read when sent, and shown."""

from __future__ import annotations

import base64
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.support import images
from tests.support.fake_api import FakeApi, Replayed
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, bodies, replying, seeing_nothing
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart

CONF = "".join(f"directive {number};\n" for number in range(1, 30))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the program, with a few files."""
    path = tmp_path / "project"
    for name, data in {
        "deploy/nginx.conf": CONF.encode(),
        "src/main.rs": b"fn main() {}\n",
        "src/match.rs": b"fn match() {}\n",
        "with blank/my notes.txt": b"noted\n",
        "photo.png": images.png(640, 480),
        ".env": b"SECRET=1\n",
        "ignored.log": b"log\n",
    }.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    monkeypatch.chdir(path)
    return path


@asynccontextmanager
async def chatting(
    deck: RealDeck, chat: Any = None, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[OpenDeck, Prompt, FaultServer]]:
    with FaultServer(FakeApi(chat=chat or replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main"), size) as opened:
            await opened.until(lambda: isinstance(opened.app.screen, ChatScreen))
            yield opened, opened.screen(ChatScreen).prompt, server


def listed(opened: OpenDeck) -> list[str]:
    """Return the entries of the list of files."""
    rows = opened.text.splitlines()
    top = next((place for place, row in enumerate(rows) if "╭─ Files" in row or "╭ Files" in row), None)
    if top is None:
        return []
    bottom = next(place for place, row in enumerate(rows) if place > top and "╰" in row)
    return [row.strip("│› ") for row in rows[top + 1 : bottom]]


def contents(server: FaultServer) -> list[object]:
    """Return the contents of the messages of the last request."""
    return [message["content"] for message in bodies(server)[-1]["messages"]]


async def answered(opened: OpenDeck, count: int = 1) -> None:
    control = opened.screen(ChatScreen).control
    await opened.until(lambda: len(control.turns) == count and control.live is None)


async def test_a_mention_is_chosen_from_the_list_and_its_file_is_sent_and_told(
    deck: RealDeck, folder: Path
) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"Why ", "@")
        await opened.until(lambda: "src/main.rs" in listed(opened))
        assert not {".env"} & set(listed(opened))
        await opened.press(*"ngi")
        await opened.until(lambda: listed(opened) == ["deploy/nginx.conf"])
        await opened.press("tab")
        assert prompt.value == "Why @deploy/nginx.conf "
        assert prompt.has_focus
        await opened.until(lambda: "[deploy/nginx.conf 29 lines · ~" in opened.text, "before it is sent")
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == [f"Why @deploy/nginx.conf \n\ndeploy/nginx.conf\n```\n{CONF}```"]
        await opened.until(lambda: "┃ [deploy/nginx.conf 29 lines · ~" in opened.text)
        assert prompt.value == ""


@pytest.mark.parametrize(
    ("typed", "name", "sent"),
    [
        ("See @deploy/nginx.conf:3-4.", "deploy/nginx.conf:3-4", "directive 3;\ndirective 4;"),
        ('See @"with blank/my notes.txt"', "with blank/my notes.txt", "noted"),
    ],
)
async def test_a_path_may_be_typed_with_lines_or_quotation_marks(
    deck: RealDeck, folder: Path, typed: str, name: str, sent: str
) -> None:
    async with chatting(deck) as (opened, _, server):
        await opened.press(*typed, "space", "enter")
        await answered(opened)
        assert contents(server) == [f"{typed} \n\n{name}\n```\n{sent}\n```"]


async def test_a_file_that_may_hold_keys_is_sent_after_one_question(deck: RealDeck, folder: Path) -> None:
    (folder / "notes.txt").symlink_to(".env")
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"See @.env", "space", "enter")
        await opened.until(lambda: "Send .env?" in opened.text)
        await opened.press("escape")
        await opened.until(lambda: prompt.value == "See @.env ")
        assert bodies(server) == []
        await opened.press("enter")
        await opened.until(lambda: "usually hold keys" in opened.text)
        await opened.press("y")
        await answered(opened)
        assert contents(server) == ["See @.env \n\n.env\n```\nSECRET=1\n```"]
        await opened.press(*"Again @.env", "space", "enter")
        await answered(opened, 2)
        await opened.press(*"And @notes.txt", "space", "enter")
        await opened.until(lambda: "Send notes.txt?" in opened.text)


async def test_what_is_typed_ahead_of_the_search_for_files_opens_the_list_with_its_keys(
    deck: RealDeck, folder: Path
) -> None:
    async with chatting(deck) as (opened, prompt, _):
        for character in "@ngi":
            prompt.post_message(events.Key(character, character))
        await opened.until(lambda: listed(opened) == ["deploy/nginx.conf"])
        await opened.until(lambda: "Tab Use" in opened.text)
        await opened.press("backspace", *"xyz")
        await opened.until(lambda: listed(opened) == [])
        await opened.until(lambda: "Tab Use" not in opened.text)


async def test_what_is_no_file_is_text_and_enter_sends_it(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, prompt, server):
        text = "Is me@host a @dataclass or @override"
        await opened.press(*text)
        await opened.until(lambda: prompt.value == text)
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == [text]


async def test_a_picture_is_sent_byte_for_byte_again_with_each_prompt(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, _, server):
        await opened.press(*"What is @photo.png ", "enter")
        await answered(opened)
        await opened.until(
            lambda: f"┃ [image 1 · 640×480 · {len(images.png(640, 480)) / 1000:.0f} kB]" in opened.text
        )
        await opened.press(*"And?", "enter")
        await answered(opened, 2)
        content = contents(server)[0]
        assert isinstance(content, list)
        assert content[1] == {"type": "text", "text": "What is @photo.png "}
        head, _, encoded = content[0]["image_url"]["url"].partition(",")
        assert (head, base64.b64decode(encoded)) == ("data:image/png;base64", images.png(640, 480))


async def test_a_chosen_file_that_is_gone_keeps_the_draft(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press("@")
        await opened.until(lambda: "src/main.rs" in listed(opened))
        await opened.press(*"src/ma")
        await opened.until(lambda: listed(opened)[:1] == ["src/main.rs"])
        await opened.press("enter", *"?")
        await opened.until(lambda: prompt.value == "@src/main.rs ?")
        (folder / "src/main.rs").unlink()
        await opened.press("enter")
        await opened.until(lambda: "There is no file src/main.rs" in opened.refusal)
        assert prompt.value == "@src/main.rs ?"
        assert server.requests == []


async def test_a_file_that_changed_since_is_read_again_and_that_is_said(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, _, server):
        await opened.press(*"See @src/main.rs ")
        await opened.until(lambda: "[src/main.rs 1 line" in opened.text)
        (folder / "src/main.rs").write_text("fn other() {}\n")
        await opened.press("enter")
        await answered(opened)
        assert "fn other() {}" in str(contents(server))
        assert "src/main.rs has changed since you mentioned it" in opened.toasts


async def test_a_pasted_mention_is_text(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, prompt, server):
        prompt.post_message(events.Paste("run @src/main.rs now"))
        await opened.until(lambda: prompt.value)
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == ["run @src/main.rs now"]


async def test_edit_and_retry_keep_what_the_message_had(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"See @src/main.rs and @photo.png ", "enter")
        await answered(opened)
        first = contents(server)
        (folder / "src/main.rs").write_text("changed\n")
        await opened.press(*"/retry", "enter")
        await opened.until(lambda: len(bodies(server)) == 2)
        await answered(opened)
        assert contents(server) == first
        await opened.press(*"/edit", "enter")
        await opened.until(lambda: prompt.value.startswith("See @src/main.rs"))
        await opened.press(*"please", "enter")
        await opened.until(lambda: len(bodies(server)) == 3)
        await answered(opened)
        content = contents(server)[0]
        assert isinstance(content, list)
        image, text = content
        assert "please" in text["text"]
        assert "fn main() {}" in text["text"], "as it was sent the first time"
        assert image == first[0][0]  # type: ignore[index]


async def test_the_command_mentions_the_files_of_a_pattern(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"/attach src/*.rs", "enter")
        await opened.until(lambda: prompt.value == "@src/main.rs @src/match.rs ")
        await opened.press(*"why?", "enter")
        await answered(opened)
        assert "fn main" in str(contents(server))
        assert "fn match" in str(contents(server))
        await opened.press(*"/attach with blank/my notes.txt", "enter")
        await opened.until(lambda: prompt.value == '@"with blank/my notes.txt" ')
        prompt.value = ""
        await opened.press(*'/attach "with blank/my notes.txt"', "enter")
        await opened.until(lambda: prompt.value == '@"with blank/my notes.txt" ')
        prompt.value = ""
        await opened.press(*"/attach https://example.org/a.txt", "enter")
        await opened.until(lambda: "A URL is never fetched" in opened.toasts)
        assert prompt.value == ""
        await opened.press(*"/attach", "enter")
        await opened.until(lambda: "src/main.rs" in listed(opened), "without a name the list opens")


async def test_what_is_attached_opens_by_enter_space_and_click(deck: RealDeck, folder: Path) -> None:
    async with chatting(deck) as (opened, _, _server):
        await opened.press(*"See @src/main.rs ", "enter")
        await answered(opened)
        await opened.until(lambda: "[src/main.rs 1 line" in opened.text)
        transcript = opened.screen(ChatScreen).transcript
        await opened.press("tab")
        await opened.until(lambda: transcript.has_focus)
        for key in ("enter", "space"):
            await opened.press("shift+up", "shift+up")
            await opened.until(lambda: transcript.cursor.is_on_prompt)
            await opened.press(key)
            await opened.until(lambda: "fn main() {}" in opened.text)
            await opened.press(key)
            await opened.until(lambda: "fn main() {}" not in opened.text)
        row = next(
            place for place, row in enumerate(opened.text.splitlines()) if "[src/main.rs 1 line" in row
        )
        await opened.pilot.click(transcript, offset=(6, row - transcript.region.y))
        await opened.until(lambda: "fn main() {}" in opened.text)


async def test_a_file_s_text_commands_nothing_on_screen(deck: RealDeck, folder: Path) -> None:
    (folder / "evil.txt").write_text("[bold]\x1b]52;c;AAAA\x07\u202e end\n")
    async with chatting(deck) as (opened, _, _server):
        await opened.press(*"See @evil.txt ", "enter")
        await answered(opened)
        await opened.press("tab", "shift+up", "shift+up", "enter")
        await opened.until(lambda: "[bold]" in opened.text)
        assert not {"\x1b", "\x07", "\u202e"} & set(opened.text)


async def test_a_model_that_refused_an_image_is_asked_about_before_the_next_one(
    deck: RealDeck, folder: Path
) -> None:
    async with chatting(deck, seeing_nothing) as (opened, prompt, server):
        await opened.press(*"What is @photo.png ", "enter")
        await opened.until(lambda: "does not accept images" in opened.text)
        assert len(bodies(server)) == 1
        prompt.value = ""
        await opened.press(*"Then tell me a joke", "enter")
        await answered(opened, 2)
        assert contents(server) == ["Then tell me a joke"], "the refused message poisons nothing"
        await opened.press(*"What is @photo.png ", "enter")
        await opened.until(lambda: "Send the image?" in opened.text)
        assert "lmdeck check main --only vision" in " ".join(opened.text.replace("│", " ").split())
        await opened.press("n")
        await opened.until(lambda: prompt.value == "What is @photo.png ")
        assert len(bodies(server)) == 2
        await opened.press("enter")
        await opened.until(lambda: "Send the image?" in opened.text)
        await opened.press("y")
        await opened.until(lambda: len(bodies(server)) == 3)


async def test_a_message_that_waits_has_the_files_of_the_moment_of_enter(
    deck: RealDeck, folder: Path
) -> None:
    gate = threading.Event()

    def slow(connection: Connection) -> None:
        request = connection.read_request()
        gate.wait(30)
        replying("Yes.")(Replayed(connection, request))

    async with chatting(deck, slow) as (opened, prompt, server):
        control = opened.screen(ChatScreen).control
        await opened.press(*"Hello", "enter")
        await opened.until(lambda: control.live is not None)
        await opened.press(*"See @src/main.rs ", "enter")
        await opened.until(lambda: len(control.queue.prompts) == 1)
        assert prompt.value == ""
        (folder / "src/main.rs").write_text("changed\n")
        gate.set()
        await answered(opened, 2)
        assert contents(server)[-1] == "See @src/main.rs \n\nsrc/main.rs\n```\nfn main() {}\n```"


async def test_where_a_link_leads_out_of_the_folder_is_shown_before_it_is_sent(
    deck: RealDeck, folder: Path
) -> None:
    (folder.parent / "elsewhere.txt").write_text("outside\n")
    (folder / "link.txt").symlink_to("../elsewhere.txt")
    (folder / "inside.txt").symlink_to("src/main.rs")
    async with chatting(deck) as (opened, prompt, server):
        await opened.press(*"See @link.txt and @inside.txt ")
        shown = f"[link.txt → {folder.parent}/elsewhere.txt 1 line"
        await opened.until(lambda: shown in str(prompt.border_subtitle))
        await opened.until(lambda: "[inside.txt 1 line" in str(prompt.border_subtitle))
        await opened.press("enter")
        await answered(opened)
        assert contents(server) == [
            "See @link.txt and @inside.txt \n\nlink.txt\n```\noutside\n```"
            "\n\ninside.txt\n```\nfn main() {}\n```"
        ]
        assert "has changed" not in opened.toasts
