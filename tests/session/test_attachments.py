"""Images and files in a chat: sent with this and all later prompts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.session.test_variants import TARGET, Desk
from tui.core.events import AnswerDelta, Finished
from tui.core.parts import FilePart, ImagePart, Parts, TextPart
from tui.core.usage import Source
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks

PICTURE, TEXT = b"\x89PNG\x00\xff", b"x = 1\n"
IMAGE = ImagePart(hashlib.sha256(PICTURE).hexdigest(), "plot.png", "image/png", len(PICTURE))
FILE = FilePart(hashlib.sha256(TEXT).hexdigest(), "a.py", "text/x-python", len(TEXT))
PROMPT = Parts((TextPart("Why?"), IMAGE, FILE))
ATTACHED = {IMAGE.sha256: PICTURE, FILE.sha256: TEXT}


def sent(desk: Desk) -> list[object]:
    """Return the contents of the last request's messages as a server gets them."""
    messages = build_chat_body(desk.server.requests[-1], ServerQuirks())["messages"]
    assert isinstance(messages, list)
    return [message["content"] for message in messages]


async def test_what_was_attached_is_sent_with_every_prompt_also_after_a_restart(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.session.attachments |= ATTACHED
    await desk.session.send(PROMPT, TARGET)
    first = sent(desk)
    (content,) = first
    assert isinstance(content, list)
    assert [part["type"] for part in content] == ["image_url", "text"]
    assert content[1]["text"] == "Why?\n\na.py\n```\nx = 1\n```"
    assert desk.session.title == "Why?"
    await desk.retry()
    assert sent(desk) == first
    await desk.ask("And?")
    assert sent(desk)[0] == content
    await desk.reopen()
    await desk.ask("So?")
    assert sent(desk)[0] == content
    assert desk.session.turns[-1].notes == []
    assert await desk.session.aclose()


async def test_what_is_lost_goes_as_its_name_and_the_answer_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.session.attachments |= ATTACHED
    await desk.session.send(PROMPT, TARGET)
    assert desk.journal.flush()
    (desk.path.parent / "files" / FILE.sha256).unlink()
    await desk.reopen()
    turn = await desk.ask("So?")
    assert sent(desk)[0][1] == {"type": "text", "text": "Why?\n\n[a.py]"}  # type: ignore[index]
    assert turn.notes == ["a.py is missing: only its name is left."]
    assert await desk.session.aclose()


async def test_an_estimate_counts_the_text_of_a_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    large = b"one two three four\n" * 1000
    file = FilePart(hashlib.sha256(large).hexdigest(), "a.txt", "text/plain", len(large))
    desk.session.attachments[file.sha256] = large
    desk.server.next_reply = [AnswerDelta("Yes."), Finished("stop")]
    turn = await desk.session.send(Parts((TextPart("Why?"), file)), TARGET)
    assert turn.usage is not None
    assert (turn.usage.source, (turn.usage.prompt_tokens or 0) > 4000) == (Source.ESTIMATED, True)
    assert await desk.session.aclose()
