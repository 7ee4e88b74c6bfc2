"""All ability tests, in the order in which they run."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tui.core.abilities import Ability, AbilityCost
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.cached import USAGE_DETAILS
from tui.net.probe.deep.continuing import CONTINUE
from tui.net.probe.deep.routes import ANTHROPIC, COMPLETIONS, RESPONSES
from tui.net.probe.deep.sampling import LOGPROBS, MAX_TOKENS, SEED, STOP, N
from tui.net.probe.deep.structured import JSON_OBJECT, JSON_SCHEMA
from tui.net.probe.deep.system import SYSTEM
from tui.net.probe.deep.tools import TOOLS, TOOLS_FORCED, TOOLS_STREAMED
from tui.net.probe.deep.vectors import EMBEDDINGS, RERANK
from tui.net.probe.deep.vision import VISION

TESTS: tuple[AbilityTest, ...] = (
    SYSTEM,
    TOOLS,
    TOOLS_FORCED,
    TOOLS_STREAMED,
    JSON_OBJECT,
    JSON_SCHEMA,
    LOGPROBS,
    N,
    SEED,
    STOP,
    MAX_TOKENS,
    VISION,
    USAGE_DETAILS,
    CONTINUE,
    EMBEDDINGS,
    RERANK,
    COMPLETIONS,
    RESPONSES,
    ANTHROPIC,
)


def tests_of(abilities: Collection[Ability], *, is_embedding: bool) -> tuple[AbilityTest, ...]:
    """Return the tests of some abilities, in order, that apply to this kind of endpoint."""
    return tuple(
        test for test in TESTS if test.ability in abilities and not (is_embedding and test.needs_chat)
    )


def cost_of(tests: Iterable[AbilityTest]) -> AbilityCost:
    """Return the maximum total cost of some tests."""
    total = AbilityCost()
    for test in tests:
        total = total.plus(test.cost)
    return total
