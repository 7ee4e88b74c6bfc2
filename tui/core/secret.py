"""API keys that cannot be printed by accident, and a redactor for texts that contain one."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping

from tui.core.api_key_search import MASK, ApiKeySearch, masked
from tui.core.placeholders import is_real_key
from tui.core.secret_fields import body_secrets
from tui.core.secret_headers import basic_secrets, is_secret_header, secret_parts


class Secret:
    """An API key, hidden unless revealed.

    Only ``reveal`` returns the text; everything else shows ``•••`` and at most 4 characters.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself; to be called only where a request is written."""
        return self._text

    @property
    def hint(self) -> str:
        """The mask with the last 4 characters, or the mask alone if they would reveal too much."""
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
    """Erases known keys from texts, in any encoding.

    Only real keys (``core.placeholders``) are erased, and only as whole tokens: not inside a longer word,
    unless the key is long and mixed enough to be unmistakable. They are found in plain text, in Base64 in any
    of its three alignments, and behind the escapes of JSON, programming languages, URLs and HTML.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._keys: dict[str, None] = {}
        self._built = 0, ApiKeySearch(())
        """The search, and the number of keys it was built for: other threads may add keys meanwhile."""
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Add a key. Placeholders are ignored: erasing them would remove ordinary words."""
        text = secret.reveal().strip()
        if text not in self._keys and is_real_key(text):
            self._keys[text] = None

    def learn(self, other: Redactor) -> None:
        """Add all keys of another redactor."""
        self._keys.update(other._keys)

    def add_sent(
        self, key: Secret | None, headers: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> None:
        """Add all secrets of a request: its key, and those in its extra headers and body."""
        if key is not None:
            self.add(key)
        for name, value in headers.items():
            self.add_header(name, value)
        for text in body_secrets(body or {}):
            self.add(Secret(text))

    def add_header(self, name: str, value: str) -> None:
        """Add the secrets in a request header: every part of its value, if it is a secret header."""
        if is_secret_header(name):
            for part in secret_parts(value):
                self.add(Secret(part))

    def add_login(self, user: str, password: str) -> None:
        """Add a password, such as a proxy's, and the forms in which it is sent."""
        for text in basic_secrets(user, password):
            self.add(Secret(text))

    @property
    def knows_any(self) -> bool:
        """Whether any key is known."""
        return bool(self._keys)

    @property
    def search(self) -> ApiKeySearch:
        """The search for all keys known now."""
        count, search = self._built
        if count != len(self._keys):  # keys are never forgotten
            keys = tuple(self._keys)
            search = ApiKeySearch(keys)
            self._built = len(keys), search
        return search

    def redact_bytes(self, data: bytes) -> bytes:
        """Return UTF-8 bytes with all known keys replaced by ``•••``."""
        if not self._keys:
            return data
        text = data.decode("utf-8", "surrogateescape")
        clean = self.redact(text)
        return data if clean is text else clean.encode("utf-8", "surrogateescape")

    def redact(self, text: str) -> str:
        """Return a text with all known keys replaced by ``•••``."""
        if not self._keys:
            return text
        spans = self.search.spans(text)
        return masked(text, spans)[0] if spans else text
