"""The parts of a message: text, images and files. The contents of images and files are stored separately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text of the message itself, unsanitised."""

    text: str


@dataclass(frozen=True, slots=True)
class BlobPart:
    """Bytes, identified by their SHA-256."""

    sha256: str
    """In lower-case hexadecimal."""
    name: str = ""
    """The name known to the user: a path, or a word of the program. Unsanitised, and never opened."""
    media_type: str = ""
    size: int = 0
    """In bytes."""

    @property
    def text(self) -> str:
        """A placeholder for it in plain text."""
        return f"[{self.name or self.media_type or 'file'}]"


@dataclass(frozen=True, slots=True)
class ImagePart(BlobPart):
    """An image."""

    pixels: tuple[int, int] | None = None
    """Width and height, if known."""


@dataclass(frozen=True, slots=True)
class FilePart(BlobPart):
    """The text of a file, or a range of its lines; the bytes contain only those lines."""

    lines: tuple[int, int] | None = None
    """The first and last line, from 1; ``None`` for the whole file."""
    count: int | None = None
    """The number of lines in the bytes, if known."""

    @property
    def text(self) -> str:
        """The name, followed by the lines."""
        name = self.name or self.media_type or "file"
        return f"[{name}]" if self.lines is None else f"[{name}:{self.lines[0]}-{self.lines[1]}]"


Part = TextPart | ImagePart | FilePart
NO_ATTACHMENTS: Mapping[str, bytes] = MappingProxyType({})
"""For a message without images and files; otherwise a mapping from SHA-256 to content."""


class Parts(tuple[Part, ...]):
    """The parts of one message."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The message as plain text: the user's words, and a placeholder per attachment on its own line."""
        return self[0].text if len(self) == 1 else "\n".join(part.text for part in self)

    @property
    def words(self) -> str:
        """The user's words, without the placeholders."""
        return "\n".join(part.text for part in self if isinstance(part, TextPart))

    @property
    def blobs(self) -> list[ImagePart | FilePart]:
        """The parts whose content is stored separately."""
        return [part for part in self if not isinstance(part, TextPart)]


def parts_of(content: str | Iterable[Part]) -> Parts:
    """Return a text as a message with one part, or none if it is empty; parts are returned unchanged."""
    if not isinstance(content, str):
        return content if isinstance(content, Parts) else Parts(content)
    return Parts((TextPart(content),)) if content else Parts()
