"""What cannot be an API key: placeholders, stray characters, references without a target."""

from __future__ import annotations

import re
from dataclasses import field

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference, parse_api_key_reference
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.texts import fields as texts
from tui.texts.files import EMPTY

LONGEST_KEY = 8_192

_VARIABLE = lazy_pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_VARIABLE_NAME = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIX = lazy_pattern(r"(authorization:\s*)?bearer\s+|authorization:\s*|(x-)?api-key:\s*", re.IGNORECASE)
_PLACEHOLDER = lazy_pattern(
    r"(sk-)?[x*•.…]{3,}|<.*>|\[.*\]|(sk-)?(your|my|the|insert|replace|enter)[-_ ].*"
    r"|api[-_ ]?key|key|token|secret|password|change[-_ ]?me|todo",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ApiKeyProblem:
    """Why a text cannot be an API key."""

    reason: str
    """Half a sentence that contains no part of the key."""
    repair: str | None = field(default=None, repr=False)
    is_doubtful: bool = False
    """The key may be intended: some servers accept any key."""


def key_problem(text: str) -> ApiKeyProblem | None:
    """Return what is wrong with the text of an API key field; empty is fine, as many servers need no key."""
    if not text:
        return None
    reference = parse_api_key_reference(text)
    if reference is not None:
        return _reference_problem(reference)
    if text.strip() in ("env:", "cmd:", "file:"):
        return ApiKeyProblem(texts.NOTHING_FOLLOWS.format(prefix=text.strip()))
    return literal_problem(text)


def literal_problem(text: str) -> ApiKeyProblem | None:
    """Return what is wrong with a literal key, whatever its source."""
    bare = text.strip()
    if not bare:
        return ApiKeyProblem(EMPTY, "")
    if len(bare) > LONGEST_KEY:
        return ApiKeyProblem(texts.LONGER_THAN.format(most=LONGEST_KEY))
    if match := _VARIABLE.fullmatch(bare):
        return ApiKeyProblem(texts.KEY_VARIABLE, f"env:{match[1]}")
    clean = _clean(bare)
    repair = clean if clean and clean != text and _is_sendable(clean) else None
    if bare[0] in "\"'`" or bare[-1] in "\"'`":
        return ApiKeyProblem(texts.KEY_QUOTED, repair)
    if _PREFIX.match(bare):
        return ApiKeyProblem(texts.KEY_WORD, repair)
    if not _is_sendable(bare):
        return ApiKeyProblem(texts.KEY_CHARACTERS, repair)
    if bare != text:
        return ApiKeyProblem(texts.KEY_SPACES, repair)
    if _PLACEHOLDER.fullmatch(bare):
        return ApiKeyProblem(texts.KEY_PLACEHOLDER, is_doubtful=True)
    return None


def _clean(text: str) -> str:
    previous = None
    while text != previous:
        previous = text
        text = _PREFIX.sub("", text.strip().strip("\"'`"), count=1)
    return text.strip()


def _is_sendable(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _reference_problem(reference: ApiKeyReference) -> ApiKeyProblem | None:
    if reference.kind is ApiKeyKind.ENVIRONMENT and not _VARIABLE_NAME.fullmatch(reference.value):
        bare = reference.value.strip("${} ")
        repair = f"env:{bare}" if _VARIABLE_NAME.fullmatch(bare) else None
        return ApiKeyProblem(texts.VARIABLE_WANTED, repair)
    if reference.kind is ApiKeyKind.COMMAND:
        try:
            if not reference.arguments:
                return ApiKeyProblem(texts.COMMAND_WANTED)
        except ValueError:
            return ApiKeyProblem(texts.COMMAND_QUOTATION)
    return None
