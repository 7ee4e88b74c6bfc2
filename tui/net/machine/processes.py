"""A process, and its command line without secrets."""

from __future__ import annotations

import pwd
import re
from collections.abc import Collection

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

_SECRET_WORDS = frozenset(
    {
        "key", "keys", "apikey", "apikeys", "token", "secret", "password", "passwd", "credentials", "auth",
        "bearer",
    }
)  # fmt: skip
_SECRET_VALUE = lazy_pattern(r"(sk-|hf_|gsk_|ghp_|xox[bp]-)[\w-]{8,}|Bearer\s+\S+", re.IGNORECASE)
_USER_INFO = lazy_pattern(r"(?<=://)[^/@\s]+@")
MASK = "•••"
LONGEST_COMMAND = 256 * 1024
"""The maximum length of a command line, in bytes: other users can make it as long as they like."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process. Texts are unsanitised, since other users choose them."""

    pid: int
    name: str
    parent: int
    uid: int
    arguments: tuple[str, ...]
    uptime_seconds: float | None = None

    @property
    def user(self) -> str:
        """The name of its user, or the user id without a name."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @property
    def command_line(self) -> str:
        """The command line without secrets."""
        return " ".join(mask_secrets(self.arguments)) or self.name


def mask_secrets(arguments: Collection[str]) -> list[str]:
    """Return a command line with the values of secret options masked."""
    shown: list[str] = []
    hide_next = False
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if hide_next and not argument.startswith("-"):
            shown.append(MASK)
            hide_next = False
            continue
        hide_next = False
        if _names_secret(name) and (equals or name.startswith("-")):
            shown.append(f"{name}={MASK}" if equals else argument)
            hide_next = not equals
        else:
            shown.append(_USER_INFO.sub(f"{MASK}@", _SECRET_VALUE.sub(MASK, argument)))
    return shown


def _names_secret(name: str) -> bool:
    return not _SECRET_WORDS.isdisjoint(re.split(r"[-_]+", name.lower()))
