"""The test of one ability: its cost, and the requests that it sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.core.lazy_dataclass import dataclass
from tui.net.probe.deep.talk import Talk


@dataclass(frozen=True, slots=True)
class AbilityTest:
    """One test; ``run`` never raises because of the network or server."""

    ability: Ability
    cost: AbilityCost
    run: Callable[[Talk], Awaitable[Finding]]
    needs_chat: bool = True
    """Whether the model must support chat; otherwise the test also runs for embedding providers."""
