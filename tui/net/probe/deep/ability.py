"""A test of one ability: what it costs, and the conversation that it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.core.abilities import Ability, AbilityCost, Finding
from tui.core.lazy_dataclass import dataclass
from tui.net.probe.deep.talk import Talk


@dataclass(frozen=True, slots=True)
class AbilityTest:
    """One test; ``run`` never raises for what a network or a server does."""

    ability: Ability
    cost: AbilityCost
    run: Callable[[Talk], Awaitable[Finding]]
    needs_chat: bool = True
    """Whether the model must chat; otherwise the test is run for embedding providers as well."""
