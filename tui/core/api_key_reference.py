"""Where a provider's API key comes from: a reference that is safe to share, never the key itself."""

from __future__ import annotations

import shlex
import unicodedata
from enum import StrEnum

from tui.core.lazy_dataclass import dataclass


class ApiKeyKind(StrEnum):
    """The four forms of an API key."""

    ENVIRONMENT = "env"
    COMMAND = "cmd"
    FILE = "file"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class ApiKeyReference:
    """``env:NAME``, ``cmd:ARGV…``, ``file:PATH``, or ``stored`` (the key is in credentials.toml)."""

    kind: ApiKeyKind
    value: str = ""

    def __str__(self) -> str:
        return "stored" if self.kind is ApiKeyKind.STORED else f"{self.kind}:{self.value}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of a ``cmd:`` reference, split like a shell does; the command runs without a shell.

        Raises:
            ValueError: unbalanced quotes.
        """
        return tuple(shlex.split(self.value))


STORED = ApiKeyReference(ApiKeyKind.STORED)


_KINDS = {"env": ApiKeyKind.ENVIRONMENT, "cmd": ApiKeyKind.COMMAND, "file": ApiKeyKind.FILE}


def parse_api_key_reference(text: str) -> ApiKeyReference | None:
    """Parse a reference; return ``None`` for a literal key or an empty text."""
    text = text.strip()
    if text == "stored":
        return STORED
    prefix, colon, value = text.partition(":")
    if colon and prefix in _KINDS and value.strip():
        return ApiKeyReference(_KINDS[prefix], value.strip())
    return None


def disguised_reference(text: str) -> ApiKeyReference | None:
    """Return the reference in a text, ignoring case, full-width letters and hidden characters.

    For untrusted text: what could be read as a reference anywhere must never be treated as a literal key.
    """
    plain = unicodedata.normalize("NFKC", text)
    prefix, colon, value = plain.partition(":")
    word = _bare(prefix)
    if not colon:
        return STORED if word == "stored" else None
    if word not in _KINDS:
        return None
    return ApiKeyReference(_KINDS[word], value.strip())


def _bare(text: str) -> str:
    """Return a word without its invisible characters."""
    seen = (mark for mark in text if unicodedata.category(mark)[0] not in "CMZ")
    return "".join(seen).casefold()
