"""The content of a message as it is sent: a plain string for one text, a list of OpenAI's parts for more."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from tui.core.parts import ImagePart, Part, Parts, TextPart

Content = str | list[dict[str, object]]


def content_of(parts: Parts, attachments: Mapping[str, bytes]) -> Content:
    """Return what is sent for the parts of a message.

    ``attachments`` has the bytes by their SHA-256. What is not among them goes as its mark, so that the
    model at least reads that there was something.
    """
    if len(parts) < 2 and not parts.blobs:
        return parts.text
    return [_sent(part, attachments) for part in parts]


def put_before(text: str, content: object) -> Content:
    """Return the content of a message with a text in front of it."""
    if isinstance(content, list):
        return [_text(text), *content]
    return f"{text}\n\n{content}"


def _sent(part: Part, attachments: Mapping[str, bytes]) -> dict[str, object]:
    data = None if isinstance(part, TextPart) else attachments.get(part.sha256)
    if isinstance(part, TextPart) or data is None:
        return _text(part.text)
    if isinstance(part, ImagePart):
        url = f"data:{part.media_type};base64,{base64.b64encode(data).decode('ascii')}"
        return {"type": "image_url", "image_url": {"url": url}}
    return _text(_fenced(part.text[1:-1], data.decode("utf-8", "replace")))


def _text(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


def _fenced(name: str, text: str) -> str:
    """Return a file's text as a code block under its name; nothing in it ends the block."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{name}\n{fence}\n{text.removesuffix(chr(10))}\n{fence}"
