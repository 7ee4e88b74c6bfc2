"""An image rejected by a model does not block the conversation: later requests omit it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from tests.support import images
from tests.support.chatting import CALM, REQUEST, Chatter
from tests.support.fake_api import Replayed
from tests.support.fault_server import FAULTS, Answer, Connection, FaultServer
from tui.core.chat import ChatRequest, Message, Role
from tui.core.parts import ImagePart, Parts, TextPart, parts_of
from tui.wire.server_quirks import ServerQuirks

PHOTO = images.png()
PART = ImagePart(hashlib.sha256(PHOTO).hexdigest(), "photo.png", "image/png", len(PHOTO))
WITH_IMAGE = Message(Role.USER, Parts((TextPart("What is it?"), PART)))
LATER = (WITH_IMAGE, Message(Role.ASSISTANT, parts_of("A cat.")), Message(Role.USER, parts_of("Its name?")))


def request(*messages: Message, model: str = "m") -> ChatRequest:
    return replace(REQUEST, model=model, messages=messages, attachments={PART.sha256: PHOTO})


def blind(connection: Connection) -> None:
    """Refuse pictures for the model ``m`` alone."""
    received = connection.read_request()
    connection = Replayed(connection, received)
    if b'"image_url"' in received and b'"model": "m"' in received:
        body = json.dumps({"error": {"message": "m is not a multimodal model", "code": 400}}).encode()
        Answer(body, "400 Bad Request")(connection)
    else:
        FAULTS["healthy"](connection)


def sent(server: FaultServer) -> list[object]:
    """Return the content of the first message of each request."""
    bodies = [received.partition(b"\r\n\r\n")[2] for received in server.requests]
    return [json.loads(body)["messages"][0]["content"] for body in bodies if body]


async def test_an_earlier_picture_is_left_out_and_that_is_said(chat: Chatter) -> None:
    with FaultServer(blind) as server:
        first = await chat(server.base_url, request=request(*LATER), timeouts=CALM)
        again = await chat(server.base_url, request=request(*LATER), timeouts=CALM)
        other = await chat(server.base_url, request=request(*LATER, model="sees"), timeouts=CALM)
    assert first.cause is again.cause is other.cause is None
    refused, without, remembered, to_other = sent(server)
    assert isinstance(refused, list)
    assert without == remembered == "What is it?\n\n[photo.png]"
    assert to_other == refused, "another model may see"
    assert "retried without the images of earlier messages" in str(first.turn.notes)
    assert "the images of earlier messages were not sent" in str(again.turn.notes)
    assert other.turn.notes == []


async def test_a_new_picture_is_never_left_out_and_an_answer_to_it_forgets_the_refusal(chat: Chatter) -> None:
    with FaultServer(blind) as server:
        refused = await chat(server.base_url, request=request(WITH_IMAGE), timeouts=CALM)
        known = chat.memory.get(server.base_url, "m")
        chat.memory.put(server.base_url, "sees", ServerQuirks(refuses_images=True))
        answered = await chat(server.base_url, request=request(WITH_IMAGE, model="sees"), timeouts=CALM)
        forgotten = chat.memory.get(server.base_url, "sees")
    assert refused.cause == "images-refused"
    assert refused.failure is not None
    assert refused.failure.title == "The model m does not accept images."
    assert len(sent(server)) == 2
    assert known is not None
    assert known == ServerQuirks(refuses_images=True) == ServerQuirks.from_json(known.to_json())
    assert answered.cause is None
    assert forgotten is not None
    assert forgotten == ServerQuirks(accepts_images=True) == ServerQuirks.from_json(forgotten.to_json())
