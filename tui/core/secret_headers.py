"""Which headers contain secrets, and which parts of their values are secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from tui.core.lazy_pattern import lazy_pattern

_SECRET_HEADER = lazy_pattern(
    r"auth|cookie|key|token|secret|passw|pwd|credential|session|signature|^cf-access-|jwt|bearer|assertion"
    r"|login|hmac|ticket|csrf|xsrf|access-code"
    r"|(?<![a-z])(pass(phrase|code)?|sid|sig|otp|pat|pin)(?![a-z])",
    re.IGNORECASE,
)
_SPACE = lazy_pattern(r"[\s;,]+")
_MARKS = lazy_pattern(r"[\s;,:/|&=\"'(){}\[\]<>]+")
_SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9_.-]*")


def is_secret_header(name: str) -> bool:
    """Return whether a header with this name is secret."""
    return _SECRET_HEADER.search(name) is not None


def has_secret_header(headers: Mapping[str, str]) -> bool:
    """Return whether one of the headers is secret."""
    return any(is_secret_header(name) for name in headers)


def secret_parts(value: str) -> Iterator[str]:
    """Yield every secret part of a secret header's value.

    ``Token abc`` gives ``abc``; ``sid=abc; theme=dark`` gives ``abc`` and ``dark``; ``Basic …`` also gives
    its decoded content, whole and the password alone. Parts may be joined by any character, also
    percent-encoded.
    """
    first, _, rest = value.strip().partition(" ")
    if rest and _SCHEME.fullmatch(first):
        value = rest
    for word in _SPACE.split(value):
        yield from _forms(word.strip("\"'"))
        _, sign, assigned = word.partition("=")
        if sign and assigned.strip("="):
            yield from _forms(assigned.strip("\"'"))
    yield from _MARKS.split(unquote(value))


def basic_secrets(user: str, password: str) -> Iterator[str]:
    """Yield the forms of a login in texts: the password, and the login as sent with ``Basic``."""
    login = f"{user}:{password}"
    yield base64.b64encode(login.encode("utf-8", "surrogatepass")).decode()
    yield login
    yield password


def _forms(word: str) -> Iterator[str]:
    if not word:
        return
    yield word
    try:
        plain = base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode()
    except ValueError:
        return
    _, colon, password = plain.partition(":")
    if colon and plain.isprintable():
        yield plain
        if password:
            yield password
