"""The test of continuing an answer."""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.abilities import Ability, AbilityCost, Finding, Outcome
from tui.net.probe.deep.ability import AbilityTest
from tui.net.probe.deep.talk import Talk
from tui.wire.abilities import continuing
from tui.wire.abilities.reply import LONGER


async def _run(talk: Talk) -> Finding:
    alone = await _continue(talk, {})
    if alone.outcome not in (Outcome.NO, Outcome.IGNORED):
        return alone
    return continuing.join(alone, await _continue(talk, continuing.flags()))


async def _continue(talk: Talk, flags: Mapping[str, object]) -> Finding:
    reply = await talk.chat_to_end(
        continuing.messages(), continuing.MAX_TOKENS, fields=flags, is_enough=continuing.has_text
    )
    return continuing.judge(reply)


CONTINUE = AbilityTest(Ability.CONTINUE, AbilityCost(2, 2 * continuing.MAX_TOKENS, 2 * LONGER, 80), _run)
