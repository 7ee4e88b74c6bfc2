"""Where the screens open."""

from __future__ import annotations

from typing import Literal

from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ChatStart:
    """A chat to open at once."""

    provider: str | None = None
    """``None``: the default one."""
    conversation: str | None = None
    """A saved conversation to reopen, by its identity."""


Start = Literal["providers"] | ChatStart
"""Where the app opens."""
