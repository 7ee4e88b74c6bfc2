"""Attachments of a message: text and image files, recognised by their content, and their descriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.failure import UsageError
from tui.core.image_facts import image_pixels, image_type
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.parts import FilePart, ImagePart, Part, Parts, TextPart, parts_of
from tui.core.safe_text import safe_line
from tui.core.usage import estimate_tokens, tokens_of
from tui.texts import attachments as texts
from tui.texts.files import EMPTY

TEXT_LIMIT = 256 * 1024
IMAGE_LIMIT = 20 * 1024 * 1024
TOTAL_LIMIT = 32 * 1024 * 1024
"""Limits in bytes: of a text, of an image, and of all attachments of a message."""
MOST_FILES = 100
"""The most files in one message."""
_SNIFFED = 8192
_LONGEST_NAME = 200
_LINES = lazy_pattern(r"(.+):([0-9]{1,9})(?:-([0-9]{1,9}))?")
_URL = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://.*")


class Attachment(NamedTuple):
    """A file that was read."""

    part: ImagePart | FilePart
    data: bytes
    """The bytes that are sent."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The attachments of a message."""

    parts: tuple[ImagePart | FilePart, ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The file contents by SHA-256."""
    changed: tuple[str, ...] = ()
    """Names of files that have changed since they were announced."""

    def message(self, words: str) -> Parts:
        """Return the message, attachments included."""
        return Parts((*parts_of(words), *self.parts))


NOTHING_ATTACHED = Attached()


def attached(files: Iterable[Attachment], kept: Iterable[ImagePart | FilePart] = ()) -> Attached:
    """Return the attachments of a message without duplicates; ``kept`` are the earlier ones.

    Raises:
        UsageError: too many files, or too large in total.
    """
    parts = {(part.sha256, part.text): part for part in kept}
    blobs: dict[str, bytes] = {}
    for file in files:
        parts[file.part.sha256, file.part.text] = file.part
        blobs[file.part.sha256] = file.data
        if len(parts) > MOST_FILES:
            raise UsageError(explain("attachment-too-many", limit=str(MOST_FILES)))
        if sum(part.size for part in parts.values()) > TOTAL_LIMIT:
            raise UsageError(explain("input-too-large", limit=f"{TOTAL_LIMIT // 1024**2} MB"))
    return Attached(tuple(parts.values()), blobs)


def is_url(name: str) -> bool:
    """Return whether a name is a URL; URLs are never fetched."""
    return _URL.fullmatch(name) is not None


def split_lines(reference: str) -> tuple[str, tuple[int, int]] | None:
    """Return the path and the line range of ``PATH:40-90`` or ``PATH:40``; ``None`` if there is no range."""
    match = _LINES.fullmatch(reference)
    if match is None:
        return None
    first = int(match[2])
    return match[1], (first, int(match[3] or first))


def read_attachment(name: str, data: bytes, lines: tuple[int, int] | None = None) -> Attachment:
    """Return a file, or a range of its lines, as an attachment.

    Raises:
        UsageError: neither text nor image, too large, empty, or without these lines.
    """
    name = safe_line(name, _LONGEST_NAME)
    if media_type := image_type(data):
        _require_size(name, data, IMAGE_LIMIT)
        return Attachment(
            ImagePart(_hash(data), name, media_type, len(data), image_pixels(data)),
            data,
        )
    text = _text(name, data)
    if lines is not None:
        text, lines = _chosen(name, text, lines)
    if not text:
        raise UsageError(explain("attachment-unreadable", path=name, reason=EMPTY))
    sent = text.encode()
    _require_size(name, sent, TEXT_LIMIT)
    return Attachment(FilePart(_hash(sent), name, "text/plain", len(sent), lines, _count(text)), sent)


def too_large(name: str, size: int) -> UsageError:
    """Return the error for a file that exceeds the limits."""
    return UsageError(explain("attachment-too-large", path=safe_line(name), size=size_words(size)))


def size_words(size: int) -> str:
    """Return a size for display: ``81 kB``."""
    if size < 1000:
        return texts.BYTES.format(count=Counted(size))
    unit, divisor = (texts.KILOBYTES, 1000) if size < 999_500 else (texts.MEGABYTES, 1_000_000)
    amount = size / divisor
    return unit.format(count=f"{amount:.1f}" if amount < 9.95 and divisor > 1000 else f"{amount:.0f}")


def part_tokens(part: Part) -> int | None:
    """Estimate the tokens of a part; ``None`` for an image, which each model counts differently."""
    if isinstance(part, ImagePart):
        return None
    return estimate_tokens(part.text) if isinstance(part, TextPart) else tokens_of(part.size, 0)


def estimated_tokens(parts: Iterable[Part]) -> int:
    """Estimate the tokens of a message without its images."""
    return sum(part_tokens(part) or 0 for part in parts)


def attachment_lines(prompt: Parts, *, stretch: float = 1.0) -> list[str]:
    """Return one line per attachment of a message, safe to display."""
    lines, images = [], 0
    for part in prompt.blobs:
        images += isinstance(part, ImagePart)
        lines.append(attachment_words(part, images, stretch=stretch))
    return lines


def attachment_words(part: ImagePart | FilePart, number: int = 1, *, stretch: float = 1.0) -> str:
    """Return the line for an attachment.

    Args:
        number: the number of the image.
        stretch: the factor from lmdeck's token estimate to a server's count.
    """
    if isinstance(part, ImagePart):
        pixels = "{}×{}".format(*part.pixels) if part.pixels else ""
        words = (texts.IMAGE.format(number=number), pixels, size_words(part.size))
        return texts.ATTACHED.format(words=" · ".join(filter(None, words)))
    lines = ""
    if part.count is not None:
        lines = texts.ONE_LINE if part.count == 1 else texts.LINES.format(count=f"{part.count:,}")
    name = " ".join(filter(None, (safe_line(part.text[1:-1]), lines)))
    tokens = texts.TOKENS.format(count=f"{round(stretch * (part_tokens(part) or 0)):,}")
    return texts.ATTACHED.format(words=" · ".join((name, tokens)))


def prompt_text(prompt: Parts) -> str:
    """Return a message as plain, unsanitised text: its words, and one line per attachment."""
    return "\n".join((prompt.words, *attachment_lines(prompt))) if prompt.blobs else prompt.text


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _require_size(name: str, data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise too_large(name, len(data))


def _text(name: str, data: bytes) -> str:
    if b"\0" in data[:_SNIFFED]:
        raise UsageError(explain("attachment-binary", path=name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(explain("attachment-binary", path=name, position=str(error.start))) from None


def _chosen(name: str, text: str, lines: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """Return a range of lines, and its actual bounds: a range may extend beyond the end."""
    found, count = text.split("\n"), _count(text)
    first, last = lines[0], min(lines[1], count)
    if not 1 <= first <= last:
        reason = texts.LAST_LINE.format(count=f"{count:,}") if 1 <= first <= lines[1] else texts.NO_RANGE
        raise UsageError(explain("attachment-lines", path=name, reason=reason))
    return "\n".join(found[first - 1 : last]) + "\n", (first, last)


def _count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n"))
