"""Options for checking a provider."""

from __future__ import annotations

from tui.core.abilities import Ability
from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Options for checking a provider."""

    model: str = ""
    """A model to use instead of the provider's."""
    is_quick: bool = False
    """Send no chat, so that no tokens are used."""
    wait_seconds: float | None = None
    """How long to wait for a server that is loading its model; ``None`` uses the probe's default."""
    wait_option: str | None = None
    """The command-line option that sets ``wait_seconds``."""
    is_remembered: bool = True
    """Whether the result is added to the history of the endpoint."""
    is_forgetful: bool = False
    """Whether to discard what the chat learns about the endpoint."""
    is_one_of_many: bool = False
    """Whether other checks run in parallel. They share one inspection of this machine, and each uses its own
    connections, closed at its end."""
    notes_machine: bool = True
    """Whether the report lists what runs on this machine."""
    abilities: tuple[Ability, ...] = ()
    """The abilities to test after the chat."""
