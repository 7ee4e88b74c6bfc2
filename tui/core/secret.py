"""API keys that cannot be printed by accident, and the eraser for texts that echo one."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator

MASK = "•••"
_SHORTEST_REDACTED = 4


class Secret:
    """An API key. Only ``reveal`` gives the text; everything else shows ``•••`` and at most 4 characters."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself: to be called where a request is written, and nowhere else."""
        return self._text

    @property
    def hint(self) -> str:
        """The mask with the last 4 characters, or the mask alone where those would give too much away."""
        return f"{MASK}{self._text[-4:]}" if len(self._text) >= 12 else MASK

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return format(MASK, specification)

    def __rich_repr__(self) -> Iterator[str]:
        yield MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is never pickled")


class Redactor:
    """Erases known keys from texts: as they are, and in Base64 in each of its three alignments."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._needles: set[str] = set()
        self._ordered: tuple[str, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Learn a key. Keys under 4 characters are not searched for: they would erase common words."""
        text = secret.reveal()
        if len(text) < _SHORTEST_REDACTED:
            return
        self._needles.update((text, *_base64_forms(text)))
        self._ordered = tuple(sorted(self._needles, key=len, reverse=True))

    @property
    def knows_any(self) -> bool:
        """Whether there is a key to look for."""
        return bool(self._ordered)

    def redact_bytes(self, data: bytes) -> bytes:
        """Return UTF-8 bytes with every known key replaced by ``•••``."""
        for needle in self._ordered:
            data = data.replace(needle.encode("utf-8", "surrogatepass"), MASK.encode())
        return data

    def redact(self, text: str) -> str:
        """Return the text with every known key replaced by ``•••``."""
        for needle in self._ordered:
            if needle in text:
                text = text.replace(needle, MASK)
        return text

    def partial_length(self, text: str) -> int:
        """Return how many characters at the text's end could be the beginning of a known key.

        Who redacts a text that arrives in pieces holds these back until the next piece is there.
        """
        longest = 0
        for needle in self._ordered:
            tail = text[-(len(needle) - 1) :]
            start = tail.find(needle[0])
            while start >= 0 and len(tail) - start > longest:
                if needle.startswith(tail[start:]):
                    longest = len(tail) - start
                start = tail.find(needle[0], start + 1)
        return longest


def _base64_forms(text: str) -> Iterator[str]:
    """Yield what the key looks like inside Base64 of a longer text, whatever stands before it."""
    data = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        start = (0, 2, 3)[shift]
        whole = len(encoded.rstrip("=")) - (1 if (shift + len(data)) % 3 else 0)
        core = encoded[start:whole]
        if len(core) >= 6:
            yield core
            yield core.replace("+", "-").replace("/", "_")
