"""The test of images: an image with two plain halves, and the same with its colours swapped.

224 × 224 pixels, RGB: models of the Qwen-VL family refuse less than 28, and some servers an alpha channel.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib

from tui.core.abilities import Finding
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, broken, has_same_prompt, ignored, not_finished, shown, yes

MAX_TOKENS = 6
SIDE = 224
"""In pixels."""
RED, BLUE = b"\xff\x00\x00", b"\x00\x00\xff"
PICTURES = ((RED, BLUE, "red"), (BLUE, RED, "blue"))
"""Left half, right half, and the name of the left colour."""
Messages = list[dict[str, object]]


def picture(left: bytes, right: bytes) -> bytes:
    """Return a PNG with two plain halves (PNG specification, W3C, third edition)."""
    row = b"\0" + left * (SIDE // 2) + right * (SIDE // 2)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * SIDE, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def messages(left: bytes, right: bytes) -> Messages:
    """Return the question with an image."""
    url = "data:image/png;base64," + base64.b64encode(picture(left, right)).decode()
    parts = [
        {"type": "text", "text": prompts.WHICH_COLOUR},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    return [{"role": "user", "content": parts}]


def plain_messages() -> Messages:
    """Return only the question, to count its prompt tokens."""
    return [{"role": "user", "content": prompts.WHICH_COLOUR}]


def names_colour(reply: Reply) -> bool:
    """Return whether a truncated answer already names a colour."""
    return bool(_colours(reply))


def judge_reply(reply: Reply) -> Finding | None:
    """Judge a reply that does not answer the question; ``None`` if its colour decides."""
    finding = judge_chat(reply, words.VISION, words.VISION_KNOWN)
    if finding is not None or names_colour(reply):
        return finding
    return not_finished() if reply.is_cut else judge_empty(reply)


def judge_colours(replies: list[Reply], plain: Reply | None) -> Finding:
    """Judge the answers about both images.

    ``plain`` is the reply to the question without an image, requested if an answer is wrong.
    """
    seen = [_colours(reply) for reply in replies]
    if seen == [[word] for _, _, word in PICTURES]:
        return yes(texts.SEES)
    said = ", ".join(shown(reply.content) for reply in replies)
    if plain is None or plain.prompt_tokens is None or replies[0].prompt_tokens is None:
        return ignored(texts.NO_COLOUR.format(text=said))
    if has_same_prompt(replies[0], plain):
        return ignored(texts.IMAGE_DROPPED)
    return broken(texts.WRONG_COLOUR.format(text=said))


def is_right(reply: Reply, word: str) -> bool:
    """Return whether an answer names the right colour and no other."""
    return _colours(reply) == [word]


def _colours(reply: Reply) -> list[str]:
    found = re.findall(r"[a-z]+", reply.content.lower())
    return [word for word in dict.fromkeys(found) if word in prompts.COLOURS]
