"""The content of a message as sent: a string for text, a list of OpenAI's parts with images."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from tui.core.parts import ImagePart, Part, Parts, TextPart
from tui.core.safe_text import safe_line

Content = str | list[dict[str, object]]


def content_of(parts: Parts, attachments: Mapping[str, bytes], *, has_images: bool = True) -> Content:
    """Return the content to send for the parts of a message: one string if there are no images.

    Otherwise the images in order, followed by a single text, since Ollama turns each part into a message.
    ``attachments`` has the bytes by SHA-256. A missing one is replaced by its placeholder, so that the model
    at least knows about it; so are images without ``has_images``.
    """
    pieces = [_sent(part, attachments, has_images) for part in parts]
    text = "\n\n".join(piece for piece in pieces if isinstance(piece, str))
    images = [piece for piece in pieces if not isinstance(piece, str)]
    return [*images, *([_text(text)] if text else [])] if images else text


def put_before(text: str, content: object) -> Content:
    """Return the content of a message with a text prepended."""
    if isinstance(content, list):
        own = [part["text"] for part in content if part["type"] == "text"]
        others = [part for part in content if part["type"] != "text"]
        return [*others, _text("\n\n".join((text, *own)))]
    return f"{text}\n\n{content}"


def _sent(part: Part, attachments: Mapping[str, bytes], has_images: bool) -> str | dict[str, object]:
    data = None if isinstance(part, TextPart) else attachments.get(part.sha256)
    if isinstance(part, TextPart) or data is None:
        return part.text
    if not isinstance(part, ImagePart):
        return _fenced(safe_line(part.text[1:-1]), data.decode("utf-8", "replace"))
    if not has_images:
        return part.text
    url = f"data:{part.media_type};base64,{base64.b64encode(data).decode('ascii')}"
    return {"type": "image_url", "image_url": {"url": url}}


def _text(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


def _fenced(name: str, text: str) -> str:
    """Return a file's text as a code block below its name, with a fence that is not in the text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{name}\n{fence}\n{text.removesuffix(chr(10))}\n{fence}"
