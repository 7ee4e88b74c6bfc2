"""What a message consists of: texts, pictures and files. The bytes of the last two are kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words of the message itself, raw."""

    text: str


@dataclass(frozen=True, slots=True)
class BlobPart:
    """Bytes identified by their SHA-256."""

    sha256: str
    """In lower-case hexadecimal."""
    name: str = ""
    """As the user knows it: a path, or a word of the program. Raw, and never opened."""
    media_type: str = ""
    size: int = 0
    """In bytes."""

    @property
    def text(self) -> str:
        """A mark that stands for it where there is only text."""
        return f"[{self.name or self.media_type or 'file'}]"


@dataclass(frozen=True, slots=True)
class ImagePart(BlobPart):
    """A picture."""

    pixels: tuple[int, int] | None = None
    """Its width and height, where they are known."""


@dataclass(frozen=True, slots=True)
class FilePart(BlobPart):
    """The text of a file, or some of its lines: the bytes are only those lines."""

    lines: tuple[int, int] | None = None
    """The first and the last one, from 1 on; ``None``: all of it."""
    count: int | None = None
    """How many lines the bytes are, where that is known."""

    @property
    def text(self) -> str:
        """Its name, and the lines behind it."""
        name = self.name or self.media_type or "file"
        return f"[{name}]" if self.lines is None else f"[{name}:{self.lines[0]}-{self.lines[1]}]"


Part = TextPart | ImagePart | FilePart
NO_ATTACHMENTS: Mapping[str, bytes] = MappingProxyType({})
"""For a message without pictures and files; else their bytes stand in such a mapping by their SHA-256."""


class Parts(tuple[Part, ...]):
    """The parts of one message."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The plain reading: what the user wrote, and a mark for all else, each on lines of its own."""
        return self[0].text if len(self) == 1 else "\n".join(part.text for part in self)

    @property
    def words(self) -> str:
        """What the user wrote, without the marks."""
        return "\n".join(part.text for part in self if isinstance(part, TextPart))

    @property
    def blobs(self) -> list[ImagePart | FilePart]:
        """The parts whose bytes are kept elsewhere."""
        return [part for part in self if not isinstance(part, TextPart)]


def parts_of(content: str | Iterable[Part]) -> Parts:
    """Return a text as the one part of a message; none where it is empty. Parts stay as they are."""
    if not isinstance(content, str):
        return content if isinstance(content, Parts) else Parts(content)
    return Parts((TextPart(content),)) if content else Parts()
