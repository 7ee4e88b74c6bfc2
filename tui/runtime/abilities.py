"""The abilities of providers' models: the cost of their tests, and the known results."""

from __future__ import annotations

from collections.abc import Collection

from tui.core.abilities import Ability, AbilityCost
from tui.core.ability_memory import Remembered
from tui.core.provider import Provider
from tui.net.probe.deep.registry import cost_of, tests_of
from tui.runtime.known_abilities import known_abilities
from tui.store.endpoint_memory import EndpointMemory


class Abilities:
    """What commands and screens need to know about abilities before a test."""

    def __init__(self, memory: EndpointMemory) -> None:
        self._memory = memory

    def cost(self, abilities: Collection[Ability], *, is_embedding: bool) -> AbilityCost:
        """Return the maximum cost of testing some abilities of a provider."""
        return cost_of(tests_of(abilities, is_embedding=is_embedding))

    def known(self, provider: Provider, model: str, build: str) -> tuple[Remembered, ...]:
        """Return the known results for a model that are valid for ``build``. May read a file."""
        return known_abilities(self._memory, provider, model, build)
