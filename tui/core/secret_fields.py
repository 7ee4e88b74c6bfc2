"""Finds secrets in request bodies: some gateways expect a key there instead of in a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui.core.api_key_search import MASK
from tui.core.lazy_pattern import lazy_pattern
from tui.core.secret_headers import is_secret_header, secret_parts

_PLAIN_NAME = lazy_pattern(
    r"tokeni[sz]|tokens|tokens?_ids?|(?:bos|eos|pad|unk|stop|think)_token|keywords?$|author(?!i[sz])|cache_key",
    re.IGNORECASE,
)
"""Names of parameters that only look as if they contained a secret."""
_KEY_SHAPE = lazy_pattern(
    r"(?:sk|pk|rk|gsk|hf|ghp|gho|github_pat|glpat|xox[abp]|nvapi|tgp|r8)[-_][A-Za-z0-9_.-]{16,}"
    r"|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
)
"""Patterns of the keys of known services, in whatever field."""
_DEEPEST = 20


def is_secret_field(name: str) -> bool:
    """Return whether the text in a field with this name is secret."""
    return is_secret_header(name.replace("_", "-")) and _PLAIN_NAME.search(name) is None


def body_secrets(body: Mapping[str, object]) -> Iterator[str]:
    """Yield all secrets in a request body, at any depth."""
    for text in _secret_texts(body, is_secret=False, depth=_DEEPEST):
        yield from secret_parts(text)


def without_secrets(body: Mapping[str, object]) -> dict[str, object]:
    """Return a request body for display, with secrets replaced by ``•••``."""
    return {
        name: _shown(value, is_secret=is_secret_field(name), depth=_DEEPEST) for name, value in body.items()
    }


def _secret_texts(value: object, *, is_secret: bool, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if is_secret or _KEY_SHAPE.fullmatch(value):
            yield value
    elif depth and isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _secret_texts(
                inner, is_secret=is_secret or is_secret_field(str(name)), depth=depth - 1
            )
    elif depth and isinstance(value, list | tuple):
        for inner in value:
            yield from _secret_texts(inner, is_secret=is_secret, depth=depth - 1)


def _shown(value: object, *, is_secret: bool, depth: int) -> object:
    if isinstance(value, str):
        return MASK if value and (is_secret or _KEY_SHAPE.fullmatch(value)) else value
    if not depth:
        return MASK
    if isinstance(value, Mapping):
        return {
            name: _shown(inner, is_secret=is_secret or is_secret_field(str(name)), depth=depth - 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_shown(inner, is_secret=is_secret, depth=depth - 1) for inner in value]
    return value
