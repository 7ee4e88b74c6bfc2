"""How a provider is to be checked."""

from __future__ import annotations

from tui.core.abilities import Ability
from tui.core.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How a provider is to be checked."""

    model: str = ""
    """Another model than the provider's."""
    is_quick: bool = False
    """No chat is sent, so that no token is spent."""
    wait_seconds: float | None = None
    """How long a server that loads its model is waited for; ``None``: as the probe sees fit."""
    wait_option: str | None = None
    """The command's option that sets ``wait_seconds``."""
    is_remembered: bool = True
    """Whether the result joins the history of the endpoint."""
    is_forgetful: bool = False
    """Whether nothing that the chat learns of the endpoint is kept."""
    is_one_of_many: bool = False
    """Whether other checks run beside it: this machine is looked at for all of them together, and each
    has connections of its own, which end with it."""
    notes_machine: bool = True
    """Whether the report shows what runs on this machine."""
    abilities: tuple[Ability, ...] = ()
    """What is tested beside the chat, after it."""
