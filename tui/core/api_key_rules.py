"""What an API key cannot look like: placeholders, stray characters, references that lead nowhere."""

from __future__ import annotations

import re
from dataclasses import field

from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference, parse_api_key_reference
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

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
    """Half a sentence, without any part of the key."""
    repair: str | None = field(default=None, repr=False)
    is_doubtful: bool = False
    """It may be meant so: some servers take any key."""


def key_trouble(text: str) -> ApiKeyProblem | None:
    """Say what is wrong with a text given as API key; an empty one is fine: many servers want none."""
    if not text:
        return None
    reference = parse_api_key_reference(text)
    if reference is not None:
        return _reference_trouble(reference)
    if text.strip() in ("env:", "cmd:", "file:"):
        return ApiKeyProblem(f"something must follow {text.strip()}")
    return literal_trouble(text)


def literal_trouble(text: str) -> ApiKeyProblem | None:
    """Say what is wrong with a key itself, wherever it came from."""
    bare = text.strip()
    if not bare:
        return ApiKeyProblem("it is empty", "")
    if len(bare) > LONGEST_KEY:
        return ApiKeyProblem(f"it is longer than {LONGEST_KEY:,} characters")
    if match := _VARIABLE.fullmatch(bare):
        return ApiKeyProblem("a variable is written env:NAME here", f"env:{match[1]}")
    clean = _clean(bare)
    repair = clean if clean and clean != text and _is_sendable(clean) else None
    if bare[0] in "\"'`" or bare[-1] in "\"'`":
        return ApiKeyProblem("it has quotes around it", repair)
    if _PREFIX.match(bare):
        return ApiKeyProblem("the word before the key does not belong to it", repair)
    if not _is_sendable(bare):
        return ApiKeyProblem("it has a space, a line break or a character that no header can carry", repair)
    if bare != text:
        return ApiKeyProblem("it has spaces or a line break around it", repair)
    if _PLACEHOLDER.fullmatch(bare):
        return ApiKeyProblem("it is a placeholder, not a key", is_doubtful=True)
    return None


def _clean(text: str) -> str:
    previous = None
    while text != previous:
        previous = text
        text = _PREFIX.sub("", text.strip().strip("\"'`"), count=1)
    return text.strip()


def _is_sendable(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _reference_trouble(reference: ApiKeyReference) -> ApiKeyProblem | None:
    if reference.kind is ApiKeyKind.ENVIRONMENT and not _VARIABLE_NAME.fullmatch(reference.value):
        bare = reference.value.strip("${} ")
        repair = f"env:{bare}" if _VARIABLE_NAME.fullmatch(bare) else None
        return ApiKeyProblem("after env: stands the name of a variable, such as env:OPENAI_API_KEY", repair)
    if reference.kind is ApiKeyKind.COMMAND:
        try:
            if not reference.arguments:
                return ApiKeyProblem("after cmd: stands a command, such as cmd:pass show openai")
        except ValueError:
            return ApiKeyProblem("a quotation mark in the command is not closed")
    return None
